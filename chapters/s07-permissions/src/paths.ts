// Paths as rules see them: as they are written, and as they really are, so that no spelling and no link changes
// what a rule says of a file.
import { existsSync, readlinkSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";

/** What decides what may run, or runs by itself, is not edited without a question. */
const GUARDED = /(^|\/)\.(claude|git)(\/|$)|(^|\/)\.mcp\.json$/i;
/** What would make a folder a git repository, and its config run. */
const BARE_REPOSITORY = /^(HEAD|config|objects|refs)(\/|$)/i;

export class Paths {
  readonly #root: string;
  readonly #bases: readonly string[];

  /** `folders` are where a command may be when it uses a path: the root, unless it changes folder. */
  constructor(root: string, folders: readonly string[] = [root]) {
    this.#root = root;
    this.#bases = folders;
  }

  /** The same workspace, for commands that first go to a folder. */
  after(folder: string): Paths {
    return new Paths(this.#root, [this.#root, resolve(this.#root, folder)]);
  }

  /** Whether a path means one place. */
  get isCertain(): boolean {
    return this.#bases.length === 1;
  }

  /** The absolute places that a path may mean. A path that begins with ~ is in a home. */
  places(path: string): string[] {
    // ~somebody is somebody else's home.
    const expanded = path.replace(/^~(?=\/|$)/, homedir()).replace(/^~/, "/home/");
    return this.#bases.flatMap((base) => {
      const whole = isAbsolute(expanded) ? expanded : `${base}/${expanded}`;
      const written = resolve(whole);
      return [written, realPath(written), walked(whole)];
    });
  }

  isInside(path: string): boolean {
    return this.places(path).every((place) => {
      const inside = this.fromRoot(place);
      return inside !== ".." && !inside.startsWith("../") && !isAbsolute(inside);
    });
  }

  isGuarded(path: string): boolean {
    const isRepository = existsSync(join(this.#root, ".git"));
    return this.places(path).some((place) => {
      const inside = this.fromRoot(place);
      return GUARDED.test(inside) || (!isRepository && BARE_REPOSITORY.test(inside));
    });
  }

  fromRoot(place: string): string {
    return relative(this.#root, place);
  }
}

/** As the system walks: the .. behind a link leads to the parent of where the link leads. */
function walked(path: string): string {
  return path
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .reduce((place, part) => (part === ".." ? dirname(place) : realPath(join(place, part))), "/");
}

/** Links are followed, also one that leads to nothing yet; what does not exist is taken as written. */
function realPath(path: string, depth = 0): string {
  try {
    return realpathSync(path);
  } catch {
    const target = depth < 40 ? linkTarget(path) : undefined;
    if (target !== undefined) return realPath(resolve(dirname(path), target), depth + 1);
    const parent = dirname(path);
    return parent === path ? path : join(realPath(parent, depth), basename(path));
  }
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
