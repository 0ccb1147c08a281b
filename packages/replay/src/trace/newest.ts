// The newest traces that there are: where --trace writes them, in the playground and in the folder where one stands.
import { readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { REPOSITORY } from "@course/runtime/terminal";

const FOLDER = ".traces";

export interface Found {
  /** As one types it. */
  path: string;
  bytes: number;
  /** When it was written to last, in milliseconds since the epoch. */
  at: number;
}

/** The newest first. A folder that cannot be read has none. `here` is where the learner stands. */
export function newestTraces(here: string, most: number): Found[] {
  const folders = new Set([join(REPOSITORY, "playground", FOLDER), join(here, FOLDER)]);
  return [...folders]
    .flatMap((folder) => tracesIn(folder, here))
    .sort((a, b) => b.at - a.at)
    .slice(0, most);
}

function tracesIn(folder: string, here: string): Found[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".jsonl"))
      .flatMap((name) => {
        const stats = statSync(join(folder, name), { throwIfNoEntry: false });
        const path = relative(here, join(folder, name));
        return stats?.isFile() ? [{ path, bytes: stats.size, at: stats.mtimeMs }] : [];
      });
  } catch {
    return [];
  }
}
