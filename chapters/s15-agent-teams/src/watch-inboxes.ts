// Hearing of mail that another program wrote.
import { join } from "node:path";
import { stateFolder, watchFolder, type Workspace } from "@course/runtime";
import { TEAM_FOLDER } from "./mailbox.ts";

const LOOK_MS = 2_000;

/** Calls back when mail may have come. Returns the function that ends it. */
export function watchInboxes({ root }: Workspace, onMail: () => void): () => void {
  return watchFolder(() => join(stateFolder(root, TEAM_FOLDER), "inbox"), {
    isOurs: (name) => name.endsWith(".jsonl"),
    onChange: onMail,
    look: { everyMs: LOOK_MS, onLook: onMail },
  });
}
