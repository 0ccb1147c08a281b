// One run of the fuzz: lines from a seed until the time is over, or a number of them, and each finding as short as it
// can be made.
import { Box, makeFiles } from "./box.ts";
import { makeLine, Random } from "./lines.ts";
import { Oracles, type Finding } from "./oracles.ts";
import { rmSync } from "node:fs";

export interface Outcome {
  tried: number;
  ran: number;
  /** Whether lines were really run. */
  hasBox: boolean;
  findings: Finding[];
}

export interface Limits {
  /** First, each of these as it is. */
  known: readonly string[];
  seed: number;
  /** How many lines to make. */
  lines?: number;
  minutes?: number;
}

const MOST_FINDINGS = 5;

export async function fuzz({
  known,
  seed,
  lines = Number.POSITIVE_INFINITY,
  minutes,
}: Limits): Promise<Outcome> {
  const files = makeFiles();
  const box = Box.isPossible ? await Box.open(files) : undefined;
  const oracles = new Oracles(files, box);
  const random = new Random(seed);
  const end = minutes === undefined ? Number.POSITIVE_INFINITY : Date.now() + minutes * 60_000;
  const findings: Finding[] = [];
  let tried = 0;
  try {
    // The grammar is loaded with the first line.
    await oracles.check("true");
    while (tried < known.length + lines && Date.now() < end && findings.length < MOST_FINDINGS) {
      const line = known[tried] ?? makeLine(random, known);
      tried += 1;
      const finding = line.includes("\0") ? undefined : await oracles.check(line);
      if (finding) findings.push(await shortest(finding, oracles));
    }
    return { tried, ran: oracles.ran, hasBox: box !== undefined, findings };
  } finally {
    box?.close();
    rmSync(files, { recursive: true, force: true });
  }
}

/** Takes away what the finding does not need, larger pieces first. */
async function shortest(finding: Finding, oracles: Oracles): Promise<Finding> {
  let best = finding;
  for (let size = Math.ceil(best.line.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at + size <= best.line.length;) {
      const shorter = best.line.slice(0, at) + best.line.slice(at + size);
      const found = await oracles.check(shorter);
      if (found) best = found;
      else at += size;
    }
  }
  return best;
}
