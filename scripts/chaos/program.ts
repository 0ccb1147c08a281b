// One program of a scenario. What it is told stands in COURSE_CHAOS; what it tells goes to its standard output, a line
// of JSON each, written before anything else happens.
import { writeSync } from "node:fs";
import { createRequire } from "node:module";
import { ROOT } from "../practice/place.ts";
import { lead } from "../practice/lead.ts";
import { countPoints } from "./points.ts";
import type * as Scenarios from "./scenario.ts";

/** What COURSE_CHAOS holds. */
export interface Orders {
  id: string;
  part: "first" | "next";
  folder: string;
  url: string;
  /** What resolves to a file in `from` leads to the copy's. */
  from: string;
  copy: string;
  /** The point to die at, counted from 1; 0 lives. */
  dieAt: number;
}

const orders = JSON.parse(process.env["COURSE_CHAOS"] ?? "{}") as Orders;
const { id, part, folder, url, from, copy, dieAt } = orders;
// Not a point itself: it is taken before the others are wrapped.
const write = writeSync;
const tell = (line: object) => void write(1, `${JSON.stringify(line)}\n`);

lead([{ from: `${from}/src/`, to: `${copy}/src/` }]);
let reached = 0;
countPoints({
  folder,
  copy,
  root: ROOT,
  at(point) {
    if (part === "next") return;
    tell({ point });
    reached += 1;
    if (reached === dieAt) process.kill(process.pid, "SIGKILL");
  },
});
void main();

async function main(): Promise<void> {
  // Not before: what it loads is led, and its points are counted.
  const { scenarioOf } = createRequire(import.meta.url)("./scenario.ts") as typeof Scenarios;
  const scenario = await scenarioOf(id);
  await scenario[part]({ folder, url, say: (word) => tell({ word }) });
  tell({ isWhole: true });
  process.exit();
}
