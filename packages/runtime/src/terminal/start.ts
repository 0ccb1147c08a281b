// Starts a chapter of this repository: its card, the chapters that --with names, the playground
// and the offline model are found here, and nowhere else in the runtime.
import { join } from "node:path";
import { ensurePlayground } from "../workspace.ts";
import type { ChapterModule } from "./chapter.ts";
import { loadChapters, readCard, REPOSITORY } from "./repository.ts";
import { startProgram } from "./start-program.ts";

/** Runs a chapter to its end and exits the process; call it from main.ts with import.meta.url. */
export async function startTerminal(chapter: ChapterModule, mainUrl: string): Promise<void> {
  const others = await loadChapters(withList(process.argv.slice(2))).catch((error: Error) => {
    console.error(error.message);
    process.exit(1);
  });
  await startProgram({
    card: readCard(mainUrl),
    chapter,
    others,
    envFile: join(REPOSITORY, ".env"),
    defaultFolder() {
      const playground = join(REPOSITORY, "playground");
      ensurePlayground(playground, join(REPOSITORY, "packages/playground/template"));
      return playground;
    },
    async startOfflineModel(options) {
      const { startOfflineModel } = await import("@course/offline-model");
      return startOfflineModel(options);
    },
  });
}

/** --with is read first: the chapters that it names may bring flags of their own. */
function withList(args: readonly string[]): string[] {
  const index = args.findIndex((arg) => arg === "--with" || arg.startsWith("--with="));
  const list = args[index]?.split("=")[1] ?? args[index + 1];
  return index === -1 || !list ? [] : list.split(",").map((name) => name.trim());
}
