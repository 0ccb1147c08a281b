// Loaded into the program under test: acts at each write to a session's file, in the middle of it and after it. The
// moments are numbered 0.5, 1, 1.5 and so on. KILL_AT=7.5 ends the program there as kill -9 does. COPIES=/folder copies
// the working folder at every moment, as a kill would leave it: to /folder/7.5, and the time to /folder/7.5.at.
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";

const { KILL_AT, COPIES } = process.env;
const { appendFileSync, writeFileSync } = fs;
let writes = 0;
/** One of the two may call the other. */
let isWithin = false;

function reach(moment) {
  if (moment === Number(KILL_AT)) process.kill(process.pid, "SIGKILL");
  if (COPIES === undefined) return;
  writeFileSync(join(COPIES, `${moment}.at`), String(Date.now()));
  fs.cpSync(process.cwd(), join(COPIES, String(moment)), { recursive: true });
}

for (const [name, write] of Object.entries({ appendFileSync, writeFileSync })) {
  fs[name] = (path, data, options) => {
    if (isWithin || !/[/\\]\.sessions[/\\].*\.jsonl$/.test(path)) return write(path, data, options);
    isWithin = true;
    const half = Math.floor(data.length / 2);
    write(path, data.slice(0, half), options);
    reach(writes + 0.5);
    appendFileSync(path, data.slice(half));
    writes += 1;
    reach(writes);
    isWithin = false;
  };
}
syncBuiltinESMExports();
