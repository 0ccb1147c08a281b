// Notes which test runs: where one does not come to an end, vitest is killed and reports nothing.
import { writeFileSync } from "node:fs";
import { beforeEach } from "vitest";
import { RUNNING } from "./running.ts";

beforeEach(({ task }) =>
  writeFileSync(RUNNING, JSON.stringify({ title: task.name, line: task.location?.line })),
);
