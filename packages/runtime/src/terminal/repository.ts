// This repository as files: where chapters, their cards and the playground lie.
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Card, ChapterModule } from "./chapter.ts";

const require = createRequire(import.meta.url);

export const REPOSITORY = join(import.meta.dirname, "../../../..");

/** Reads the card of a chapter, given as the import.meta.url of a file in its src or test folder. */
export function readCard(fileUrl: string): Card {
  const manifest = join(dirname(fileURLToPath(fileUrl)), "../package.json");
  const { course } = JSON.parse(readFileSync(manifest, "utf8")) as { course: Omit<Card, "edition"> };
  return { ...course, edition: readEdition() };
}

/** The version and the date in the root package.json. */
export function readEdition(): string {
  const manifest = JSON.parse(readFileSync(join(REPOSITORY, "package.json"), "utf8")) as {
    version: string;
    edition: string;
  };
  return `${manifest.version} of ${manifest.edition}`;
}

/** Loads other chapters by their short names. Throws an Error that lists the chapters where one is unknown. */
export function loadChapters(names: readonly string[]): ChapterModule[] {
  // As the chapter's own files are (scripts/preflight.mjs): what came in both ways would be there twice.
  return names.map((name) => require(chapterFile(name)) as ChapterModule);
}

/** The agent.ts of the chapter with this short name. Throws an Error that lists the chapters where there is none. */
export function chapterFile(name: string): string {
  const folder = join(REPOSITORY, "chapters");
  const chapters = new Map(readdirSync(folder).map((one) => [one.split("-", 1)[0] ?? one, one]));
  const found = chapters.get(name);
  if (found !== undefined) return join(folder, found, "src/agent.ts");
  throw new Error(`--with ${name}: there is no such chapter. There are: ${[...chapters.keys()].join(", ")}.`);
}
