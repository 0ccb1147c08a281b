// Hearing of mail that another program wrote. Watching a folder may miss something, or not work at all (a network
// drive), so there is a look now and then as well.
import { watch, type FSWatcher } from "node:fs";
import { join } from "node:path";
import { stateFolder, type Workspace } from "@course/runtime";
import { TEAM_FOLDER } from "./mailbox.ts";

const LOOK_MS = 2_000;

/** Calls back when mail may have come. Returns the function that ends it. */
export function watchInboxes({ root }: Workspace, onMail: () => void): () => void {
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(join(stateFolder(root, TEAM_FOLDER), "inbox"), { persistent: false }, (_, name) => {
      if (name?.endsWith(".jsonl")) onMail();
    });
    watcher.on("error", () => watcher?.close());
  } catch {
    // The look is enough.
  }
  const look = setInterval(onMail, LOOK_MS).unref();
  return () => {
    clearInterval(look);
    watcher?.close();
  };
}
