import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { temporaryFolder } from "@course/runtime/testing";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { chapters, ROOT } from "../lib/chapters.ts";
import { changeProgress, readProgress } from "../lib/progress.ts";
import { mapLines, marksOf, nextPlace, places } from "../start/map.ts";
import { menu } from "../start/menu.ts";

const folder = temporaryFolder();
const file = join(folder, ".progress.json");
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => rmSync(file, { force: true }));

const fail = (problem: string) => {
  throw new Error(problem);
};
const KEYS = { down: "\x1b[B", enter: "\r", leave: "\x03" };

test("not in a terminal, npm start is the map as text, with each chapter and the commands", () => {
  const command = ["--import", "./scripts/preflight.mjs", "scripts/start.ts"];
  const { stdout, stderr } = spawnSync(process.execPath, command, { cwd: ROOT, encoding: "utf8" });
  expect(stderr).toBe("");
  for (const { id, card } of chapters) expect(stdout).toMatch(new RegExp(` ${id} +${card.title}`));
  expect(stdout).toContain("npm run doctor");
  expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
});

test("what was run is marked, and the next chapter is the first that is not done", () => {
  for (const id of ["s01", "s03"])
    changeProgress(id, (chapter) => void (chapter.run = "2026-11-26T00:00:00Z"), fail, file);
  const all = places(fail, file).map((place) => ({ ...place, isDone: place.isRun, steps: 0 }));
  expect(nextPlace(all)?.chapter.id).toBe("s02");
  expect(all.slice(0, 3).map(marksOf)).toEqual(["done: run", "", "done: run"]);
});

test("marks say how many steps are passed", () => {
  const [place] = places(fail, file);
  if (!place) throw new Error("no chapters");
  const marks = (isRun: boolean, practised: number) =>
    marksOf({ ...place, isRun, practised, steps: 5, isDone: isRun && practised === 5 });
  expect([marks(false, 0), marks(true, 0), marks(false, 3), marks(true, 3), marks(true, 5)]).toEqual([
    "",
    "run",
    "practised 3 of 5",
    "run, practised 3 of 5",
    "done: run, practised 5 of 5",
  ]);
});

test.each([
  ["broken", "{", "is not JSON"],
  ["of another version", '{"version":9,"chapters":{}}', "is of version 9, not 1"],
  ["of something else", "[1]", "is no progress of this course"],
])("a progress file that is %s is set aside, and it is said", (_, text, reason) => {
  writeFileSync(file, text);
  const problems: string[] = [];
  const all = places((problem) => problems.push(problem), file);
  expect(problems).toEqual([expect.stringContaining(reason)]);
  expect(mapLines(all).length).toBeGreaterThan(20);
  const [aside = ""] = readdirSync(folder).filter((name) => name.startsWith(".progress.json.old-"));
  expect(readFileSync(join(folder, aside), "utf8")).toBe(text);
  rmSync(join(folder, aside));
});

/** Presses the keys one after the other, each once the screen has come to rest. */
async function press(keys: readonly string[], code = 0) {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} });
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 40 });
  let shown = "";
  output.on("data", (chunk: Buffer) => (shown += chunk.toString()));
  const runScript = vi.fn(async () => code);
  const done = menu({ runScript, file, input, output });
  for (const key of keys) {
    await new Promise((resolve) => setTimeout(resolve, 60));
    input.write(key);
  }
  await done;
  return { runScript, shown: stripVTControlCharacters(shown) };
}

test("a chapter that is run from the menu is marked as run", async () => {
  const { runScript, shown } = await press([KEYS.enter, KEYS.enter, KEYS.leave]);
  expect(runScript).toHaveBeenCalledExactlyOnceWith("s01", "chapters/s01-agent-loop/src/main.ts", []);
  expect(readProgress(fail, file)["s01"]?.run).toMatch(/^20\d\d-/);
  expect(shown).toContain("Come back with: npm start");
});

test("one that could not start is not", async () => {
  await press([KEYS.enter, KEYS.enter, KEYS.leave], 1);
  expect(readProgress(fail, file)).toEqual({});
});

test("the menu passes over the names of stages, shows the lesson's path, and the diff to the chapter before", async () => {
  const down = (times: number) => Array<string>(times).fill(KEYS.down);
  const { shown } = await press([...down(6), KEYS.enter, KEYS.down, KEYS.enter, KEYS.leave]);
  expect(shown).toContain(join(ROOT, "docs/s07-permissions.md"));
  const s02 = chapters[1];
  const { runScript } = await press([
    KEYS.down,
    KEYS.enter,
    ...down(hasPractice("s02") ? 3 : 2),
    KEYS.enter,
    KEYS.leave,
  ]);
  expect(runScript).toHaveBeenCalledExactlyOnceWith("diff", "scripts/diff.ts", [s02?.id]);
});

test("practice is offered where there is something to practise", async () => {
  const { shown } = await press([KEYS.enter, KEYS.leave, KEYS.leave]);
  expect(shown.includes("Practise")).toBe(hasPractice("s01"));
});

function hasPractice(id: string): boolean {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: object };
  const place = places(fail, file).find(({ chapter }) => chapter.id === id);
  return "practice" in scripts && (place?.steps ?? 0) > 0;
}
