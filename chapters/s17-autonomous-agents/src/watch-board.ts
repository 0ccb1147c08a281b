// Hearing of changes on the board, which other programs make, too. Watching may miss something, so there is a look now and then.
import { mkdirSync, watch, type FSWatcher } from "node:fs";
import { join } from "node:path";
import type { Workspace } from "@course/runtime";

const LOOK_MS = 2_000;
/** Several files change at once, and whoever has just completed a task may take what it has freed: it knows that work. */
const GATHER_MS = 500;

/** Tells at once that a task may have changed, and calls for a look a little later. Returns the function that ends it. */
export function watchBoard({ root }: Workspace, onNews: () => void, onChange: () => void): () => void {
  const folder = join(root, ".tasks");
  let watcher: FSWatcher | undefined;
  let gathering: NodeJS.Timeout | undefined;
  const soon = () => {
    onNews();
    gathering ??= setTimeout(() => {
      gathering = undefined;
      onChange();
    }, GATHER_MS).unref();
  };
  try {
    mkdirSync(folder, { recursive: true });
    watcher = watch(folder, { persistent: false }, (_, name) => {
      if (name !== null && /^task_\d+\.json$/.test(name)) soon();
    });
    watcher.on("error", () => watcher?.close());
  } catch {
    // The look is enough.
  }
  const look = setInterval(onChange, LOOK_MS).unref();
  return () => {
    clearInterval(look);
    clearTimeout(gathering);
    watcher?.close();
  };
}
