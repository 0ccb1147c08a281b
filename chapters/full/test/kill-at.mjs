// Loaded into the program under test: ends it as kill -9 does, at a chosen write to a session's file.
// KILL_AT=7 ends it after the seventh write; KILL_AT=7.5 in the middle of the eighth.
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const at = Number(process.env.KILL_AT);
let writes = 0;

for (const name of ["appendFileSync", "writeFileSync"]) {
  const write = fs[name];
  fs[name] = (path, data, ...rest) => {
    if (!String(path).endsWith(".jsonl") || !String(path).includes(".sessions"))
      return write(path, data, ...rest);
    writes += 1;
    if (writes > at) {
      write(path, data.slice(0, data.length / 2), ...rest);
      process.kill(process.pid, "SIGKILL");
    }
    write(path, data, ...rest);
    if (writes === at) process.kill(process.pid, "SIGKILL");
  };
}
syncBuiltinESMExports();
