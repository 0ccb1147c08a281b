// The chapters of the course, by their short names: what a mark such as s13 stands for, and where its lesson is.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { readCard, REPOSITORY, type Card } from "@course/runtime/terminal";

export interface Chapter {
  /** Short name, as in s13. */
  id: string;
  /** Folder name, as in s13-background-tasks. */
  name: string;
  card: Card;
}

let known: readonly Chapter[] | undefined;

export function chapters(): readonly Chapter[] {
  known ??= readdirSync(join(REPOSITORY, "chapters"))
    .sort((a, b) => rank(a).localeCompare(rank(b)))
    .map((name) => ({
      id: idOf(name),
      name,
      card: readCard(pathToFileURL(join(REPOSITORY, "chapters", name, "src/main.ts")).href),
    }));
  return known;
}

/** Throws an Error that lists the chapters where there is none of that name. `flag` is what named it. */
export function findChapter(id: string, flag: string): Chapter {
  const found = chapters().find((chapter) => chapter.id === id || chapter.name === id);
  if (found) return found;
  const ids = chapters().map((chapter) => chapter.id);
  throw new Error(`${flag} ${id}: there is no such chapter. There are: ${ids.join(", ")}.`);
}

const idOf = (name: string): string => name.split("-", 1)[0] ?? name;
/** The capstone is last. */
const rank = (name: string): string => (name.startsWith("s") ? name : `t${name}`);
