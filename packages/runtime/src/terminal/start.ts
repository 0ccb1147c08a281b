// Starts a chapter of this repository: its card, the chapters that --with names, the playground
// and the offline model are found here, and nowhere else in the runtime.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ensurePlayground } from "../workspace/workspace.ts";
import type { ChapterModule } from "./chapter.ts";
import { flagNames } from "./flags.ts";
import { mineOf } from "./mine.ts";
import { loadChapters, readCard, REPOSITORY } from "./repository.ts";
import { startProgram, type Inspect } from "./start-program.ts";
import { screenOn } from "./style.ts";

/**
 * Runs a chapter to its end and exits the process; call it from main.ts with import.meta.url. `folder` is where it works
 * without --dir, in place of the playground.
 */
export async function startTerminal(chapter: ChapterModule, mainUrl: string, folder?: string): Promise<void> {
  const others = await loadOthers(chapter).catch((error: Error) => {
    screenOn(process.stderr).line(error.message);
    process.exit(1);
  });
  await startProgram({
    card: readCard(mainUrl),
    chapter,
    others,
    mine: mineOf(process.argv, process.env),
    envFile: join(REPOSITORY, ".env"),
    defaultFolder() {
      if (folder !== undefined) return folder;
      const playground = join(REPOSITORY, "playground");
      ensurePlayground(playground, join(REPOSITORY, "packages/playground/template"));
      return playground;
    },
    async startOfflineModel(options) {
      const { startOfflineModel } = await import("@course/offline-model");
      return startOfflineModel(options);
    },
    async inspect(...watched) {
      // By its path: the inspector builds on this package, and is only loaded for who asks for it.
      const path = join(REPOSITORY, "packages/inspector/src/index.ts");
      const { inspectSession } = (await import(pathToFileURL(path).href)) as { inspectSession: Inspect };
      return inspectSession(...watched);
    },
  });
}

/** --with is read first: the chapters that it names may bring flags of their own. */
async function loadOthers({ flags = {} }: ChapterModule): Promise<ChapterModule[]> {
  const swallowed = flagNames(flags).find((name) => process.env[`npm_config_${name.replaceAll("-", "_")}`]);
  const script = process.env["npm_lifecycle_event"];
  if (swallowed && script && !process.argv.includes(`--${swallowed}`)) {
    throw new Error(`npm took --${swallowed} for itself. Write: npm run ${script} -- --${swallowed}`);
  }
  const args = process.argv.slice(2);
  const lists = args.flatMap((arg, index) => {
    if (arg === "--with") return [args[index + 1] ?? ""];
    return arg.startsWith("--with=") ? [arg.slice("--with=".length)] : [];
  });
  return loadChapters(
    lists
      .flatMap((list) => list.split(","))
      .map((name) => name.trim())
      .filter(Boolean),
  );
}
