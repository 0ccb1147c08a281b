import { execFile } from "node:child_process";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "@course/runtime/testing";
import { expect, onTestFinished, test } from "vitest";
import { spansOf, type Text } from "../../packages/runtime/src/terminal/text.ts";
import { chaos, spread, type ChaosOptions, type Outcome } from "../chaos/chaos.ts";
import { instrument } from "../chaos/instrument.ts";
import { scenarioOf, SCENARIOS } from "../chaos/scenario.ts";
import { endLine, headLines, rowLines } from "../chaos/show.ts";
import { findChapter, ROOT } from "../lib/chapters.ts";

const signal = new AbortController().signal;

function run(id: string, options: Partial<ChaosOptions> = {}): Promise<Outcome[]> {
  const chapter = findChapter(id);
  return chaos({ chapter, source: chapter.folder, signal, ...options });
}

/** A copy of s13's sources in which texts were replaced. */
function twin(...changes: [from: string, to: string][]): string {
  const folder = temporaryFolder();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(findChapter("s13").folder, "src"), join(folder, "src"), { recursive: true });
  for (const [from, to] of changes) {
    const files = ["background-manager.ts", "local-lane.ts"].map((name) => join(folder, "src", name));
    const file = files.find((path) => readFileSync(path, "utf8").includes(from));
    if (file === undefined) throw new Error(`No source holds ${from}`);
    writeFileSync(
      file,
      readFileSync(file, "utf8").replace(from, () => to),
    );
  }
  return folder;
}

const shown = (lines: readonly Text[]) =>
  lines.map((line) =>
    spansOf(line)
      .map((part) => (typeof part === "string" ? part : part.text))
      .join(""),
  );

test("each await calls back once what it waits for has begun, and lines stay where they are", () => {
  const code = "async () => {\n  await a(await b);\n  for await (const x of y()) use(x);\n};\n";
  const marked = instrument(code, "src/a.ts");
  expect(marked).toBe(
    'async () => {\n  await globalThis.__chaos("a.ts:2", a(await globalThis.__chaos("a.ts:2", b)));\n  for await (const x of globalThis.__chaos("a.ts:3", y())) use(x);\n};\n',
  );
});

test("a sample of the points is spread evenly, with the first and the last", () => {
  expect(spread(5)).toEqual([1, 2, 3, 4, 5]);
  expect(spread(9, 3)).toEqual([1, 5, 9]);
  expect(spread(9, 1)).toEqual([1]);
  expect(spread(2, 20)).toEqual([1, 2]);
});

test("s13 survives a kill at a sample of its points", async () => {
  const outcomes = await run("s13", { choose: ({ length }) => spread(length, 3) });
  expect(outcomes.map(({ number, faults }) => ({ number, faults }))).toEqual(
    outcomes.map(({ number }) => ({ number, faults: [] })),
  );
  expect(outcomes).toHaveLength(4);
  expect(outcomes[0]?.told).toEqual([
    { name: "bg_1", times: 1 },
    { name: "bg_2", times: 1 },
    { name: "bg_3", times: 0, excuse: "ended with the program" },
  ]);
});

test.each(SCENARIOS.filter((id) => id !== "s13"))("%s survives a kill in its middle", async (id) => {
  const outcomes = await run(id, { choose: ({ length }) => [Math.round(length / 2)] });
  expect(outcomes.map(({ faults }) => faults)).toEqual([[], []]);
  expect(outcomes[1]?.point?.place).toMatch(/\.ts:\d+$/);
});

test("a mechanism that notes too late what it told tells it twice, and is told apart", async () => {
  const source = twin(
    [
      "for (const record of ended) this.#markTold(record);",
      "for (const record of ended) record.notified = true;",
    ],
    [
      "const active = this.list().filter(isActive).reverse();",
      "for (const { record } of this.#slots.values()) if (record.notified) this.#save(record);\n    const active = this.list().filter(isActive).reverse();",
    ],
  );
  const outcomes = await run("s13", {
    source,
    // Before it is noted, at the end.
    choose: (points) => [points.findLastIndex(({ what }) => what === "append bg_1.jsonl") + 1],
  });
  expect(outcomes[0]?.faults).toEqual([]);
  expect(outcomes[1]?.faults).toContain("bg_1 was told 2 times");
  const scenario = await scenarioOf("s13");
  expect(shown(outcomes.flatMap((outcome) => rowLines(outcome, scenario))).join("\n")).toMatch(
    /^✓ +0 +not killed +1 1 - +3 records\n✗ +\d+ +runtime-task\.ts:\d+ +append bg_1.*\n +bg_1 was told 2 times/,
  );
  expect(shown(endLine(outcomes, findChapter("s13"), true))[1]).toBe(
    "0 of 1 survived. Told twice: at 1. Left running: at 0.",
  );
});

test("a command that outlives its program is found, and ended", async () => {
  const source = twin(["spawnShell(command,", "spawnShell(`setsid ${command} & wait`,"]);
  const [whole] = await run("s13", { source, choose: () => [] });
  expect(whole?.left).toEqual(["sleep 60"]);
  expect(whole?.faults).toContain("left running: sleep 60");
});

test("no line of the head is wider than 80 columns", async () => {
  for (const id of SCENARIOS)
    for (const line of shown(headLines(findChapter(id), await scenarioOf(id), true)))
      expect(line.length).toBeLessThanOrEqual(80);
});

test.each([
  [["s03"], "There is nothing to kill in s03. There are: s12, s13, s14, s15."],
  [[], "Name one chapter, as in: npm run chaos s13. There are: s12, s13, s14, s15."],
  [["s13", "--points", "0"], "--points 0: expected a whole number from 1 on."],
  [["s13", "--fast"], "Unknown option '--fast'. --help lists all flags."],
])("npm run chaos %s says what to write", async (args, message) => {
  const command = ["--import", "./scripts/preflight.mjs", "scripts/chaos.ts", ...args];
  const said = await new Promise((resolve) =>
    execFile(process.execPath, command, { cwd: ROOT }, (_, stdout, stderr) => resolve([stdout, stderr])),
  );
  expect(said).toEqual(["", `${message}\n`]);
});
