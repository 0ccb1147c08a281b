// Starts a chapter of this repository: its card, the chapters that --with names, the playground
// and the offline model are found here, and nowhere else in the runtime.
import { join } from "node:path";
import type * as OfflineModel from "@course/offline-model";
import { errorMessage } from "../errors.ts";
import { loadLater } from "../load-later.ts";
import { ensurePlayground } from "../workspace/workspace.ts";
import type { ChapterModule } from "./chapter.ts";
import { checkNpmTookNone } from "./command-line.ts";
import { chaptersNamed, flagsThatTakeValues } from "./flags.ts";
import { mineOf } from "./mine.ts";
import { loadChapters, readCard, REPOSITORY } from "./repository.ts";
import { startProgram, type Inspect } from "./start-program.ts";
import { screenOn } from "./style.ts";

const offlineModel = loadLater<typeof OfflineModel>("@course/offline-model", import.meta.url);
const inspector = loadLater<{ inspectSession: Inspect }>(
  join(REPOSITORY, "packages/inspector/src/index.ts"),
  import.meta.url,
);

/**
 * Runs a chapter to its end and exits the process; call it from main.ts with import.meta.url. `folder` is where it works
 * without --dir, in place of the playground.
 */
export async function startTerminal(chapter: ChapterModule, mainUrl: string, folder?: string): Promise<void> {
  await startProgram({
    card: readCard(mainUrl),
    chapter,
    others: othersOf(chapter),
    mine: mineOf(process.argv, process.env),
    envFile: join(REPOSITORY, ".env"),
    defaultFolder() {
      if (folder !== undefined) return folder;
      const playground = join(REPOSITORY, "playground");
      ensurePlayground(playground, join(REPOSITORY, "packages/playground/template"));
      return playground;
    },
    startOfflineModel: (options) => offlineModel().startOfflineModel(options),
    // By its path: the inspector builds on this package, and is only loaded for who asks for it.
    inspect: (...watched) => inspector().inspectSession(...watched),
  });
}

function othersOf(chapter: ChapterModule): ChapterModule[] {
  try {
    const args = process.argv.slice(2);
    checkNpmTookNone(flagsThatTakeValues(chapter.flags ?? {}), args, process.env);
    return loadChapters(chaptersNamed(args));
  } catch (error) {
    screenOn(process.stderr).line(errorMessage(error));
    process.exit(1);
  }
}
