// The chapters of this repository, by their short names.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { readEdition } from "../../packages/runtime/src/terminal/repository.ts";
import {
  loadFile,
  toolsOf,
  Workspace,
  type Card,
  type ChapterModule,
} from "../../packages/runtime/src/index.ts";

export const ROOT = join(import.meta.dirname, "../..");

export interface Chapter {
  /** Short name, as in s13. */
  id: string;
  /** Folder name, as in s13-background-tasks. */
  name: string;
  folder: string;
  card: Card;
  dependencies: string[];
}

/** A chapter's short name, for regular expressions: s01 to s19, and the capstone. */
export const CHAPTER_ID = "(?:s\\d\\d|full)";

/** The short names of all chapters, written or not, in the order of the course. */
export const CHAPTER_IDS: readonly string[] = [
  ...Array.from({ length: 19 }, (_, index) => `s${String(index + 1).padStart(2, "0")}`),
  "full",
];

const placeOf = (folder: string) => CHAPTER_IDS.indexOf(folder.split("-", 1)[0] ?? "");

export const chapters: readonly Chapter[] = readdirSync(join(ROOT, "chapters"))
  .sort((a, b) => placeOf(a) - placeOf(b))
  .map((name) => {
    const folder = join(ROOT, "chapters", name);
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
      course: Omit<Card, "edition">;
      dependencies: Record<string, string>;
    };
    return {
      id: name.split("-", 1)[0] ?? name,
      name,
      folder,
      card: { ...manifest.course, edition: readEdition() },
      dependencies: Object.keys(manifest.dependencies),
    };
  });

/** Throws an Error that lists the chapters where there is none of that name. */
export function findChapter(id: string | undefined): Chapter {
  const found = chapters.find((chapter) => chapter.id === id || chapter.name === id);
  if (found) return found;
  const known = chapters.map((chapter) => `  ${chapter.id.padEnd(4)}  ${chapter.card.title}`).join("\n");
  throw new Error(
    `${id === undefined ? "Name a chapter" : `There is no chapter "${id}"`}. There are:\n${known}`,
  );
}

export function loadChapter({ folder }: Chapter): Promise<ChapterModule> {
  return loadFile(join(folder, "src/agent.ts"));
}

/** Names of the tools that the chapter's agent offers. `folder` is where its agent may keep state. */
export async function toolNames(chapter: Chapter, folder: string): Promise<string[]> {
  const { createAgent } = await loadChapter(chapter);
  return toolsOf(createAgent(new Workspace(folder), {})).map((tool) => tool.name);
}

/** Source files of the chapter itself, relative to its folder, in the order of a reader: the agent first. */
export function sourceFiles({ folder }: Chapter): string[] {
  const files = readdirSync(join(folder, "src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `src/${name}`);
  const rank = (file: string) => ["src/agent.ts", "src/index.ts", "src/main.ts"].indexOf(file);
  const order = (file: string) => (rank(file) === -1 ? 0.5 : rank(file));
  return files.sort((a, b) => order(a) - order(b) || a.localeCompare(b));
}

export function linesOf(path: string): number {
  return linesIn(readFileSync(path, "utf8"));
}

export function linesIn(text: string): number {
  return text.trimEnd().split("\n").length;
}

export function fromRoot(path: string): string {
  return relative(ROOT, path);
}

/** Runs a script's body: what it throws is one line on stderr and exit code 1. */
export async function runScript(body: () => void | Promise<void>): Promise<void> {
  // Whoever reads, as head does, may have had enough.
  process.stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
    if (code === "EPIPE") process.exit();
    console.error(message);
    process.exitCode = 1;
  });
  try {
    await body();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
