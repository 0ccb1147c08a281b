// Paths as rules see them: as they are written, and as they really are, so that no spelling and no link changes
// what a rule says of a file.
import { existsSync, lstatSync, readlinkSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";

/** What decides what may run, or what some program runs by itself later, is not edited without a question. */
const GUARDED =
  /(^|\/)(\.(claude|git|husky|vscode|idea|devcontainer|github|circleci|cargo|yarn|direnv|mvn|config|ssh|local)|node_modules)(\/|$)|(^|\/)\.(mcp\.json|claude\.json|envrc|npmrc|yarnrc(\.yml)?|pnpmfile\.cjs|gitattributes|gitmodules|gitconfig|git-blame-ignore-revs|pre-commit-config\.ya?ml|mise\.toml|tool-versions|bashrc|bash_profile|bash_login|bash_aliases|profile|zshrc|zshenv|zprofile|zlogin|inputrc|ripgreprc|vimrc|exrc|nvimrc|gdbinit|lldbinit|babelrc\.js|eslintrc\.c?js)$|(^|\/)(bunfig\.toml|lefthook\.ya?ml|rust-toolchain(\.toml)?|sitecustomize\.py|usercustomize\.py)$/i;
/** What would make a folder a git repository, and its config run. */
const BARE_REPOSITORY = /^(HEAD|config|objects|refs)(\/|$)/i;
/** Characters that some file systems leave out of names. */
const IGNORABLE = /[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;
const LONGEST_PATH = 1_000;
const MOST_LINKS = 40;

interface Known {
  places: string[];
  /** False where it means another place to another process, or is too long to follow. */
  isClear: boolean;
}

/** Made anew for each judgement: what is found about a path is kept, and files change. */
export class Paths {
  readonly #root: string;
  readonly #bases: readonly string[];
  readonly #links = new Links();
  readonly #known = new Map<string, Known>();

  /** `folders` are where a command may be when it uses a path: the root, unless it changes folder. */
  constructor(root: string, folders: readonly string[] = [root]) {
    this.#root = root;
    this.#bases = folders;
  }

  /** The same workspace, for commands that first go to a folder. */
  after(folder: string): Paths {
    return new Paths(this.#root, [...this.#bases, ...this.#bases.map((base) => resolve(base, folder))]);
  }

  get folders(): readonly string[] {
    return this.#bases;
  }

  /** Whether a path means one place. */
  get isCertain(): boolean {
    return this.#bases.length === 1;
  }

  /** Whether git, started there, works on a repository that begins there, and on no folder around it. A worktree's .git is a file. */
  get isRepository(): boolean {
    return this.#bases.every((base) => existsSync(join(base, ".git")));
  }

  /** The absolute places that a path may mean. One that begins with ~ is in a home, or is called that. */
  places(path: string): readonly string[] {
    return this.#know(path).places;
  }

  isClear(path: string): boolean {
    return this.#know(path).isClear;
  }

  #know(path: string): Known {
    const known = this.#known.get(path) ?? this.#find(path);
    this.#known.set(path, known);
    return known;
  }

  #find(path: string): Known {
    if (path.length > LONGEST_PATH) return { places: ["/"], isClear: false };
    const spellings = path.startsWith("~")
      ? [path, path.replace(/^~(?=\/|$)/, homedir()).replace(/^~/, "/home/")]
      : [path];
    const places = spellings
      .flatMap((spelling) =>
        isAbsolute(spelling) ? [spelling] : this.#bases.map((base) => `${base}/${spelling}`),
      )
      .flatMap((whole) => [resolve(whole), this.#links.follow(resolve(whole)), this.#links.follow(whole)]);
    const isClear = places.every((place) => place !== undefined);
    return { places: [...new Set(places.filter((place) => place !== undefined))], isClear };
  }

  isInside(path: string): boolean {
    return this.places(path).every((place) => isWithin(this.#root, place));
  }

  isFolder(path: string): boolean {
    return this.places(path).some(isDirectory);
  }

  isGuarded(path: string): boolean {
    const isRepository = existsSync(join(this.#root, ".git"));
    return this.places(path).some((place) => {
      const inside = this.fromRoot(place).replace(IGNORABLE, "");
      return GUARDED.test(inside) || (!isRepository && BARE_REPOSITORY.test(inside));
    });
  }

  fromRoot(place: string): string {
    return relative(this.#root, place);
  }
}

/** Whether a place is the folder or in it. A name may begin with two dots. */
function isWithin(folder: string, place: string): boolean {
  const way = relative(folder, place);
  return way !== ".." && !way.startsWith("../") && !isAbsolute(way);
}

/** Where a path leads somewhere else for each process that asks. */
const PER_PROCESS = /^\/(proc|dev\/fd)(\/|$)/;

/** Follows paths as the system walks them: the .. behind a link leads to the parent of where the link leads. */
class Links {
  readonly #targets = new Map<string, string | undefined>();

  /** The real place, also of what does not exist yet; undefined if it leads through /proc, or in a circle. */
  follow(path: string, links = 0): string | undefined {
    let place = "/";
    let isThere = true;
    for (const part of path.split("/")) {
      if (part === "" || part === ".") continue;
      place = part === ".." ? dirname(place) : join(place, part);
      if (part === "..") isThere = true;
      if (PER_PROCESS.test(place)) return undefined;
      if (!isThere || part === "..") continue;
      const target = this.#target(place);
      if (target === undefined) isThere = false;
      if (!target) continue;
      const whole = isAbsolute(target) ? target : `${dirname(place)}/${target}`;
      const real = links < MOST_LINKS ? this.follow(whole, links + 1) : undefined;
      if (real === undefined) return undefined;
      place = real;
    }
    return place;
  }

  /** Where a link leads, "" for anything else, undefined for what is not there. */
  #target(place: string): string | undefined {
    if (this.#targets.has(place)) return this.#targets.get(place);
    const target = linkTarget(place);
    this.#targets.set(place, target);
    return target;
  }
}

function isDirectory(place: string): boolean {
  try {
    return statSync(place).isDirectory();
  } catch {
    return false;
  }
}

function linkTarget(path: string): string | undefined {
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    return stats?.isSymbolicLink() ? readlinkSync(path) : stats && "";
  } catch {
    // Below a file, or in a folder that may not be entered.
    return undefined;
  }
}
