// Jobs in processes: each has one answer, and one that fails holds up no other.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "@course/runtime/testing";
import { afterEach, expect, test } from "vitest";
import { WorkerPool } from "../lib/worker-pool.ts";

const SCRIPT = `
process.on("disconnect", () => process.exit());
process.on("message", ({ what }) => {
  if (what === "die") process.exit(7);
  if (what !== "hang") process.send({ did: what });
});
`;

let pool: WorkerPool<{ what: string }, { did: string }>;
afterEach(() => pool.close());

function newPool(limitMs?: number): typeof pool {
  const script = join(temporaryFolder(), "worker.mjs");
  writeFileSync(script, SCRIPT);
  return (pool = new WorkerPool(script, limitMs === undefined ? {} : { limitMs }));
}

const outcomeOf = (what: string) =>
  pool.run(what, { what }).then(
    ({ did }) => did,
    (error: Error) => error.message,
  );

test("more jobs than workers are all done", async () => {
  newPool();
  const jobs = ["a", "b", "c", "d", "e"];
  expect(await Promise.all(jobs.map(outcomeOf))).toEqual(jobs);
});

test("a worker that ends is told with its job, and another takes what waits", async () => {
  newPool();
  const jobs = ["die", "die", "die", "a", "b"];
  const died = "die: the process that worked on it ended with code 7";
  expect(await Promise.all(jobs.map(outcomeOf))).toEqual([died, died, died, "a", "b"]);
});

test("a job that never ends is ended, and holds up no other", async () => {
  newPool(3_000);
  const hung = "hang: the process that worked on it was ended after 3 s";
  expect(await Promise.all(["hang", "hang", "a", "b"].map(outcomeOf))).toEqual([hung, hung, "a", "b"]);
});
