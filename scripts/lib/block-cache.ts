// What blocks of pages were filled with, kept by the content of everything that they are made from:
// the directive, the chapters that it names with all packages below them, and these scripts.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CHAPTER_ID, chapters, ROOT, type Chapter } from "./chapters.ts";
import { BLOCK } from "./directive.ts";
import { quotedFiles } from "./quoted-files.ts";

const FOLDER = join(ROOT, "node_modules/.cache/docs");
/** Everything that any run or count may depend on. */
const BASE = [
  "packages/runtime/src",
  "packages/offline-model/src",
  "packages/grader/src",
  "packages/playground/template",
  "examples",
  "scripts/lib",
  "scripts/one-file",
  "docs/one-file.json",
  "docs/performance.json",
  "package.json",
  "pnpm-lock.yaml",
  ".prettierrc.json",
  "vitest.config.ts",
];
const LEFT_OUT = /^(node_modules|dist|\.turbo|test-results\.json)$/;

export class BlockCache {
  readonly #hashes = new Map<string, string>();
  readonly #isFresh: boolean;

  /** A fresh one knows nothing, and keeps what it is told. */
  constructor(isFresh = false) {
    this.#isFresh = isFresh;
  }

  /** The block as it was filled from the same sources, its directive and its end included. */
  get(page: string, directive: string): string | undefined {
    const file = this.#file(page, directive);
    return !this.#isFresh && existsSync(file) ? readFileSync(file, "utf8") : undefined;
  }

  set(page: string, directive: string, text: string): void {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(this.#file(page, directive), text);
  }

  /** Stands for a directive and the content of everything that its text is made from. */
  key(directive: string, ...more: readonly string[]): string {
    const sources = sourcesOf(directive).map((path) => this.#hash(path));
    return digest([process.version, ...more, directive, quotedBy(directive), ...sources]);
  }

  #file(page: string, directive: string): string {
    // Links in a block depend on how deep its page lies.
    return join(FOLDER, this.key(directive, String(page.split("/").length)));
  }

  #hash(path: string): string {
    const known = this.#hashes.get(path) ?? hashOf(join(ROOT, path));
    this.#hashes.set(path, known);
    return known;
  }
}

/** About how many seconds a block takes; the others are there at once. */
const SECONDS: Readonly<Record<string, number>> = {
  chaos: 15,
  beside: 10,
  killed: 5,
  graded: 3,
  transcript: 2,
  file: 2,
  oneshot: 2,
  predict: 1,
  break: 3,
};

/** How long it takes to make the blocks of a page that are not known as they stand there; 0 where all are. */
export function workOn(text: string, page: string, cache: BlockCache): number {
  const stale = [...text.matchAll(BLOCK)].filter(
    ([whole, directive = ""]) => cache.get(page, directive) !== whole,
  );
  return stale.reduce((sum, [, , name = ""]) => sum + (SECONDS[name] ?? 0.1), 0);
}

/** The paths that a directive's text is made from. One that names no chapter may depend on all. */
function sourcesOf(directive: string): string[] {
  const named = chapters.filter(({ id }) => new RegExp(`\\b${id}\\b`).test(directive));
  const all = named.length === 0 ? chapters : [...new Set(named.flatMap(withDependencies))];
  // An exercise may change the runtime, and runs the runtime's tests then.
  const tests = directive.startsWith("break ") ? ["packages/runtime/test"] : [];
  return [...BASE, ...tests, ...all.map(({ name }) => `chapters/${name}`)];
}

function withDependencies(chapter: Chapter): Chapter[] {
  const below = chapters.filter(({ name }) => chapter.dependencies.includes(`@course/${name}`));
  return [chapter, ...below.flatMap(withDependencies)];
}

/** A chapter's facts depend on what its lesson quotes. */
function quotedBy(directive: string): string {
  const [, id] = new RegExp(`^facts (${CHAPTER_ID})$`).exec(directive) ?? [];
  const chapter = chapters.find((candidate) => candidate.id === id);
  const names = chapters.map(({ name }) => name).join(" ");
  return chapter ? `${names} ${quotedFiles(chapter).join(" ")}` : names;
}

function hashOf(path: string): string {
  const entry = readdirIfFolder(path);
  if (entry === undefined) return existsSync(path) ? digest([readFileSync(path)]) : "none";
  return digest(
    entry.sort().flatMap((name) => (LEFT_OUT.test(name) ? [] : [name, hashOf(join(path, name))])),
  );
}

function readdirIfFolder(path: string): string[] | undefined {
  try {
    return readdirSync(path);
  } catch {
    return undefined;
  }
}

function digest(parts: readonly (string | Buffer)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part).update("\0");
  return hash.digest("hex");
}
