// Memories on disk: each is a file of its own in .memory/, replaced in one step, and MEMORY.md is their index. Programs
// that save at the same time need no lock: no file is read, changed and written back. The memories are the source, and
// whoever writes the index looks again afterwards.
// Not covered: if two programs save under one name, the later one wins.
import { lstatSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { errorCode, isAlive, stateFolder, ToolError, writeFileAtomic, type Workspace } from "@course/runtime";
import { isBroken, readMemory, renderMemory, slugOf, type BrokenMemory, type Memory } from "./memory-file.ts";
import { INDEX_BYTES, INDEX_LINES, indexOf, lineOf, type MemoryIndex } from "./memory-index.ts";

export type { BrokenMemory, Memory } from "./memory-file.ts";

export const FOLDER = ".memory";
const INDEX = "MEMORY.md";
const HALF_WRITTEN = /^\..+\.md\.(\d+)\.[0-9a-f]+\.tmp$/;

export class MemoryStore {
  readonly #workspace: Workspace;
  /** Files as they were last read, so that only a changed one is read again. */
  readonly #read = new Map<string, { stamp: string; file: Memory | BrokenMemory }>();
  /** Slugs of memories that the user has not trusted: listed, and neither loaded nor replaced. */
  untrusted: ReadonlySet<string> = new Set();

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /** All memories as they are on disk now, by file name. */
  list(): { memories: Memory[]; broken: BrokenMemory[] } {
    const files = this.#names()
      .filter((name) => name.endsWith(".md") && name.toLowerCase() !== INDEX.toLowerCase())
      .flatMap((name) => this.#inspect(name) ?? []);
    return {
      memories: files.filter((file): file is Memory => !isBroken(file)),
      broken: files.filter(isBroken),
    };
  }

  /** The memories that count, as far as they fit into the budget. */
  index(): MemoryIndex {
    return indexOf(this.list().memories.filter(({ slug }) => !this.untrusted.has(slug)));
  }

  /** Saves under the memory's name, or replaces what is there. Throws ToolError if it does not fit into the index. */
  save(memory: Omit<Memory, "slug" | "modified">, now = new Date()): Memory {
    const slug = slugOf(memory.name);
    if (this.untrusted.has(slug))
      throw new ToolError(`${slug}.md came with the repository and is not trusted. Use another name.`);
    const saved = { ...memory, slug, modified: now.toISOString() };
    const { loaded, left } = this.index();
    const others = [...loaded, ...left].filter((other) => other.slug !== slug);
    const { left: tooMany } = indexOf([...others, saved]);
    if (tooMany.length > 0)
      throw new ToolError(
        `The index is full (at most ${INDEX_LINES} lines and ${INDEX_BYTES} bytes; this line has ${Buffer.byteLength(lineOf(saved))}). Shorten the description, put several memories together, or forget one (empty content).`,
      );
    writeFileAtomic(join(this.#ownFolder(), `${slug}.md`), renderMemory(saved));
    this.writeIndex();
    return saved;
  }

  /** Deletes a memory, a broken one too. Throws ToolError, with what there is, if there is none of the name. */
  forget(name: string): void {
    const { memories, broken } = this.list();
    const known = [...memories, ...broken].map((file) => file.slug);
    // A file that somebody named by hand may have a name that slugOf would not give it.
    const slug = known.includes(name) ? name : slugOf(name);
    if (!known.includes(slug))
      throw new ToolError(`There is no memory "${name}". There are: ${known.join(", ") || "none"}.`);
    rmSync(join(this.#ownFolder(), `${slug}.md`), { force: true });
    this.writeIndex();
  }

  /** Makes MEMORY.md match the files. */
  writeIndex(): void {
    const path = join(this.#ownFolder(), INDEX);
    let { text } = this.index();
    do {
      if (readIfThere(path) !== text) writeFileAtomic(path, text);
      // Another program may have saved since we looked, and written its index before ours.
    } while (text !== (text = this.index().text));
  }

  /** At a start: cleans up after a program that was killed while it saved. */
  repair(): void {
    const names = this.#names();
    if (names.length === 0) return;
    for (const name of names) {
      const pid = Number(HALF_WRITTEN.exec(name)?.[1]);
      if (pid > 0 && !isAlive(pid)) rmSync(join(this.#folder(), name), { force: true });
    }
    this.writeIndex();
  }

  /** Its real path. Throws ToolError if it is a link that leads out of the workspace. */
  #folder(): string {
    return this.#workspace.resolve(FOLDER);
  }

  #ownFolder(): string {
    const folder = this.#folder();
    stateFolder(this.#workspace.root, FOLDER);
    return folder;
  }

  #names(): string[] {
    try {
      return readdirSync(this.#folder()).sort();
    } catch (error) {
      if (errorCode(error) === "ENOENT") return [];
      throw error;
    }
  }

  #inspect(name: string): Memory | BrokenMemory | undefined {
    const path = join(this.#folder(), name);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    // Forgotten by another program since the folder was read.
    if (!stats) return undefined;
    const stamp = `${stats.ino} ${stats.mtimeMs} ${stats.size}`;
    const known = this.#read.get(name);
    if (known?.stamp === stamp) return known.file;
    const file = readMemory(path, name.slice(0, -".md".length));
    this.#read.set(name, { stamp, file });
    return file;
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
