// A program of its own, for the tests of the lock: takes it for so many milliseconds, leaves it for as long, until
// it is killed. Says "+" for each time, and "!" where another living program is inside, too.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { isAlive } from "@course/runtime";
import { FileLock } from "@course/s12-task-system";

const [path = "", milliseconds = "0"] = process.argv.slice(2);
const inside = `${path}-inside`;
const pause = new Int32Array(new SharedArrayBuffer(4));

function ownerInside(): number {
  try {
    return Number(readFileSync(inside, "utf8"));
  } catch {
    return 0;
  }
}

void main();

async function main(): Promise<void> {
  const lock = new FileLock(path);
  for (;;) {
    await lock.hold(() => {
      const before = ownerInside();
      writeFileSync(inside, String(process.pid));
      Atomics.wait(pause, 0, 0, Number(milliseconds));
      const isAlone = (before === 0 || !isAlive(before)) && ownerInside() === process.pid;
      rmSync(inside, { force: true });
      process.stdout.write(isAlone ? "+" : "!");
    });
    await delay(Number(milliseconds));
  }
}
