// Reads instruction files and what they import: at most four hops, no file twice, and nothing from outside the
// repository unless the user agrees. A file that is not read is reported with the reason; the others are read all the same.
import { realpathSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { errorCode, errorMessage, isInside } from "@course/runtime";
import { readInstructionSource } from "./instruction-source.ts";
import { readInstructionText, type InstructionText } from "./instruction-text.ts";

const MOST_HOPS = 4;
/** In characters, of all files together, because they are sent with each call. */
const LARGEST_TOTAL = 200_000;

/**
 * An instruction file as the model is given it.
 *
 * @record `CLAUDE.md` and the like, durable, written by people
 */
export interface InstructionFile {
  /** Relative to the repository, or absolute where it is elsewhere. */
  path: string;
  text: string;
  /** The file that names it; undefined where it was found in its own place. */
  importedBy?: string | undefined;
}

/** A file that was found or named. */
export interface Candidate {
  path: string;
  /** The user's own: it may import from anywhere. */
  isUsers?: boolean;
  /** The text, where it was read already, as a rule's is. */
  source?: string;
}

interface Named extends Candidate {
  /** The files through which it is imported, from the first. */
  chain: readonly string[];
}

/** Paths outside of the repository, each as "A imports B" or "A is a link to B". Whether they may be read. */
export type AllowOutside = (imports: readonly string[]) => Promise<boolean>;

export class InstructionLoader {
  readonly #root: string;
  readonly #allowOutside: AllowOutside;
  /** Real paths of what was read. */
  readonly #seen = new Set<string>();
  #total = 0;
  #files: InstructionFile[] = [];
  #problems: string[] = [];

  constructor(repository: string, allowOutside: AllowOutside) {
    this.#root = realpathSync(repository);
    this.#allowOutside = allowOutside;
  }

  /** Reads the files that were not read before, each followed by what it imports. */
  async load(candidates: readonly Candidate[]): Promise<{ files: InstructionFile[]; problems: string[] }> {
    this.#files = [];
    this.#problems = [];
    let outside = candidates.flatMap((candidate) => this.#read({ ...candidate, chain: [] }));
    // A file that was allowed may import others.
    while (outside.length > 0) {
      const imports = outside.map((one) => this.#wayOut(one));
      const mayRead = await this.#allowOutside(imports);
      if (!mayRead)
        this.#problems.push(...imports.map((one) => `${one}, which is outside of the repository`));
      outside = mayRead ? outside.flatMap((one) => this.#read({ ...one, isUsers: true })) : [];
    }
    return { files: this.#files, problems: this.#problems };
  }

  /** Reads one file and its imports. Returns what lies outside of the repository, unread. */
  #read(named: Named): Named[] {
    const { chain } = named;
    const real = this.#realPath(named);
    if (real === undefined) return [];
    if (chain.includes(real)) return this.#problem(named, "imports itself");
    if (this.#seen.has(real)) return [];
    if (chain.length > MOST_HOPS) return this.#problem(named, `is more than ${MOST_HOPS} imports away`);
    if (named.isUsers !== true && !this.#isInside(real)) return [named];
    const content = this.#contentOf(named, real);
    if (content === undefined) return [];
    if (this.#total + content.length > LARGEST_TOTAL)
      return this.#problem(named, `would exceed ${LARGEST_TOTAL.toLocaleString("en")} characters`);
    this.#seen.add(real);
    this.#total += content.length;
    const from = chain.at(-1);
    this.#files.push({
      path: this.#shown(real),
      text: content.text,
      importedBy: from === undefined ? undefined : this.#shown(from),
    });
    // A file of the repository speaks for the repository, also where the user's own names it.
    const isUsers = named.isUsers === true && (chain.length === 0 || !this.#isInside(real));
    return content.imports.flatMap((path) =>
      this.#read({ path: target(real, path), isUsers, chain: [...chain, real] }),
    );
  }

  /** Where the file really is. An @name without a file is taken for prose, unless it ends like a file name. */
  #realPath(named: Named): string | undefined {
    for (const path of [named.path, named.path.replace(/[.,;:!?)\]}'"]+$/, "")]) {
      try {
        return realpathSync(path);
      } catch (error) {
        if (!["ENOENT", "ENOTDIR"].includes(errorCode(error))) {
          this.#problem(named, `cannot be read (${errorCode(error)})`);
          return undefined;
        }
      }
    }
    if (/\.\w{1,8}[.,;:!?)]*$/.test(named.path)) this.#problem(named, "is not there");
    return undefined;
  }

  #contentOf(named: Named, real: string): (InstructionText & { length: number }) | undefined {
    try {
      const source = named.source ?? readInstructionSource(real);
      return { ...readInstructionText(source), length: source.length };
    } catch (error) {
      const isTooDeep = error instanceof RangeError;
      this.#problem(named, isTooDeep ? "is nested too deep to be read as Markdown" : errorMessage(error));
      return undefined;
    }
  }

  #wayOut({ path, chain }: Named): string {
    const from = chain.at(-1);
    const real = realpathSync(path);
    if (from !== undefined) return `${this.#shown(from)} imports ${real}`;
    return `${this.#shown(path)} is a link to ${real}`;
  }

  #problem({ path, chain }: Named, problem: string): [] {
    const from = chain.at(-1);
    this.#problems.push(
      `${this.#shown(path)} ${problem}${from === undefined ? "" : ` (imported by ${this.#shown(from)})`}`,
    );
    return [];
  }

  #isInside(path: string): boolean {
    return isInside(this.#root, path);
  }

  #shown(path: string): string {
    return this.#isInside(path) ? relative(this.#root, path) : path;
  }
}

/** The path that an import names, seen from the file that names it. */
function target(from: string, path: string): string {
  return path.startsWith("~/") ? join(homedir(), path.slice(2)) : resolve(dirname(from), path);
}
