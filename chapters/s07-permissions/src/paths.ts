// Paths as rules see them: as they are written, and as they really are, so that no spelling and no link changes
// what a rule says of a file.
import { lstatSync, readlinkSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";

/** What decides what may run is not edited without a question. */
const GUARDED = /^\.(claude|git)(\/|$)/i;

export class Paths {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** Both absolute places of a path that is relative to the workspace, or to a home where it begins with ~. */
  places(path: string): [written: string, real: string] {
    // ~somebody is somebody else's home.
    const expanded = path.replace(/^~(?=\/|$)/, homedir()).replace(/^~/, "/home/");
    const written = isAbsolute(expanded) ? resolve(expanded) : resolve(this.#root, expanded);
    return [written, realPath(written)];
  }

  isInside(path: string): boolean {
    return this.places(path).every((place) => {
      const inside = this.fromRoot(place);
      return inside !== ".." && !inside.startsWith("../") && !isAbsolute(inside);
    });
  }

  isGuarded(path: string): boolean {
    return this.places(path).some((place) => GUARDED.test(this.fromRoot(place)));
  }

  fromRoot(place: string): string {
    return relative(this.#root, place);
  }
}

/** Links are followed, also one that leads to nothing yet; what does not exist is taken as written. */
function realPath(path: string, depth = 0): string {
  try {
    return realpathSync(path);
  } catch {
    const isLink = depth < 40 && lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink();
    if (isLink) return realPath(resolve(dirname(path), readlinkSync(path)), depth + 1);
    const parent = dirname(path);
    return parent === path ? path : join(realPath(parent, depth), basename(path));
  }
}
