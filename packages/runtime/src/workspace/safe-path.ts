// safePath: file tools stay inside the workspace, whatever the model asks for.
// Not covered: bash is not confined by this (its commands may name any path), and a link
// that another process plants between the check and the use is not seen (that takes openat2).
import { lstatSync, readlinkSync, realpathSync } from "node:fs";
import { basename, dirname, join, relative, resolve, isAbsolute, sep } from "node:path";
import { errorCode, ToolError } from "../errors.ts";

const MAXIMUM_LINKS = 40;

/** A path that leads out: where a workspace can say more about what lies there, it does (s18). */
export class OutsideWorkspaceError extends ToolError {}

/**
 * Resolves `path` against `root` and returns the real absolute path, with every link on the way
 * followed, so that what was checked is what will be opened. The file need not exist.
 * Throws ToolError if the path is not valid, and OutsideWorkspaceError if it leads out of the root.
 */
export function safePath(root: string, path: string): string {
  if (path.includes("\0")) throw new ToolError(`The path ${JSON.stringify(path)} contains a NUL byte.`);
  const realRoot = realFolder(root);
  const real = realTarget(resolve(realRoot, path), path, 0);
  if (!isInside(realRoot, real)) {
    throw new OutsideWorkspaceError(
      `${path} leads out of the workspace. Use a path inside it; relative ones start at its root.`,
    );
  }
  return real;
}

function realFolder(root: string): string {
  try {
    return realpathSync.native(root);
  } catch (error) {
    throw new ToolError(
      `The workspace ${root} is not there (${errorCode(error)}); it was removed or renamed. Make it again, or start with --dir and another folder.`,
    );
  }
}

/** Whether a real path is the real root or lies in it. */
export function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** Where `path` leads once every link is followed. Its end need not exist; `links` counts the dangling ones. */
function realTarget(path: string, asked: string, links: number): string {
  const real = realIfThere(path, asked, links);
  if (real !== undefined) return real;
  const parent = dirname(path);
  if (parent === path) return path;
  const realParent = realTarget(parent, asked, links);
  const here = join(realParent, basename(path));
  // A dangling link looks like a missing file to realpath, but a write to it would create its target.
  const link = linkAt(here);
  return link === undefined ? here : realTarget(resolve(realParent, link), asked, links + 1);
}

function realIfThere(path: string, asked: string, links: number): string | undefined {
  try {
    return realpathSync.native(path);
  } catch (error) {
    const code = errorCode(error);
    if (code === "ELOOP" || links > MAXIMUM_LINKS)
      throw new ToolError(`${asked} is a link that leads in a circle.`);
    if (code !== "ENOENT" && code !== "ENOTDIR")
      throw new ToolError(`${asked} cannot be resolved (${code}).`);
    return undefined;
  }
}

function linkAt(path: string): string | undefined {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined;
  } catch {
    return undefined;
  }
}
