// A worker whose terminal is closed.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "vitest";
import { made, newWorkerAndLane, onRedis } from "./setup.ts";

onRedis("gives up what runs at once, takes no more, and says so to its agent", async () => {
  const { folder, worker, run } = await newWorkerAndLane();
  const task = run("touch began; sleep 60");
  await made(folder, "began");
  worker.process.kill("SIGHUP");
  expect(await task.result).toMatchObject({
    ending: "lost",
    output: expect.stringMatching(/^\n\[the worker \S+ was stopped under it\]\n$/),
  });
  expect(await worker.exited).toBe(0);
  run("touch late");
  await delay(200);
  expect(existsSync(join(folder, "late"))).toBe(false);
});
