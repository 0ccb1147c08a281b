// Hearing of changes on the board, which other programs make, too.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { watchFolder, type Workspace } from "@course/runtime";

const LOOK_MS = 2_000;
/** Several files change at once, and whoever has just completed a task may take what it has freed: it knows that work. */
const GATHER_MS = 500;

/** Tells at once that a task may have changed, and calls for a look a little later. Returns the function that ends it. */
export function watchBoard({ root }: Workspace, onNews: () => void, onChange: () => void): () => void {
  const folder = join(root, ".tasks");
  let gathering: NodeJS.Timeout | undefined;
  const open = () => {
    mkdirSync(folder, { recursive: true });
    return folder;
  };
  const end = watchFolder(open, {
    isOurs: (name) => /^task_\d+\.json$/.test(name),
    onChange() {
      onNews();
      gathering ??= setTimeout(() => {
        gathering = undefined;
        onChange();
      }, GATHER_MS).unref();
    },
    look: { everyMs: LOOK_MS, onLook: onChange },
  });
  return () => {
    clearTimeout(gathering);
    end();
  };
}
