import { existsSync, rmSync } from "node:fs";
import { expect, test } from "vitest";
import { Box, makeFiles } from "../fuzz/box.ts";
import { knownLines } from "../fuzz/known-lines.ts";
import { makeLine, Random } from "../fuzz/lines.ts";
import { fuzz } from "../fuzz/run.ts";

const SEED = 7;

test("the known lines and 200 made ones do nothing that the settings do not allow", async () => {
  const { findings, tried, hasBox, ran } = await fuzz({ known: knownLines(), seed: SEED, lines: 200 });
  expect(findings).toEqual([]);
  expect(tried).toBe(knownLines().length + 200);
  // Without a sandbox the lines are only judged.
  if (hasBox) expect(ran).toBeGreaterThan(100);
});

test("a seed makes the same lines again", () => {
  const lines = (seed: number) => {
    const random = new Random(seed);
    return Array.from({ length: 50 }, () => makeLine(random, knownLines()));
  };
  expect(lines(SEED)).toEqual(lines(SEED));
  expect(lines(SEED)).not.toEqual(lines(SEED + 1));
});

test.runIf(Box.isPossible)("what runs in the sandbox is seen there, and not here", async () => {
  const files = makeFiles();
  const box = await Box.open(files);
  const effects = await box.run("touch P; cat link.txt; touch /outside/Q");
  expect(effects.started.map(([name]) => name)).toEqual(expect.arrayContaining(["touch", "cat"]));
  expect(effects.changed.toSorted()).toEqual(["/outside/Q", "/project/P"]);
  expect(effects.output).toContain("OUTSIDESECRET");
  expect(existsSync("/outside/Q")).toBe(false);
  expect((await box.run("ls /outside; ls P")).output).not.toContain("Q");
  box.close();
  rmSync(files, { recursive: true });
});
