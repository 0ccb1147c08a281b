// A process of the mail test: writes messages, or reads them and keeps what it read in a file, until it is killed or done.
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { Workspace } from "@course/runtime";
import { Mailbox } from "@course/s15-agent-teams";

const [root = "", kind = "", name = "", count = "0"] = process.argv.slice(2);
const box = new Mailbox(new Workspace(root), "ada");

void main();

async function main(): Promise<void> {
  if (kind === "write") {
    for (let index = 0; index < Number(count); index++) await box.put("lead", `${name}-${index}`);
  } else {
    const kept = `${root}/kept`;
    for (;;) {
      await box.drain((mail) => {
        // What outlives its reader must know what it has: an earlier reader may have been killed after it kept
        // these, and before the cursor moved.
        const known = new Set(existsSync(kept) ? readFileSync(kept, "utf8").split("\n") : []);
        const added = mail.filter(({ id, content }) => !known.has(`${id} ${content}`));
        if (added.length > 0)
          appendFileSync(kept, added.map(({ id, content }) => `${id} ${content}\n`).join(""));
      });
      await delay(2);
    }
  }
}
