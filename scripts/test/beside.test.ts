import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, rmSync } from "node:fs";
import { temporaryFolder } from "@course/runtime/testing";
import picocolors from "picocolors";
import { expect, test } from "vitest";
import { columnsOf } from "../../packages/runtime/src/terminal/text.ts";
import { Columns } from "@course/replay";
import { besideText, setBeside } from "../lib/beside.ts";
import { ROOT } from "../lib/chapters.ts";

const command = (...args: string[]) => ["--import", "./scripts/preflight.mjs", "scripts/beside.ts", ...args];
const beside = (...args: string[]) =>
  spawnSync(process.execPath, command(...args), { cwd: ROOT, encoding: "utf8" });

test("nine seconds stand beside three, as text that a page can quote", async () => {
  const [s12 = "", s13 = ""] = (await besideText("s12", "s13", "5")).split("\n\n");
  expect(s12).toMatch(
    /^s12 Task System\n +[01] s {2}▸ bash sleep 3; echo build ok\n +[34] s {2}● bash 3 s: build ok/,
  );
  expect(s12).toMatch(/ (9|1\d) s {2}■ done\n.* (9|1\d) s$/);
  expect(s13).toMatch(/ [01] s {2}● write_file notes\/plan\.md/);
  expect(s13).toMatch(/ [345] s {2}▹ the harness injects <background-results>/);
  expect(s13).toMatch(/ [345] s {2}■ done\n.*calls, .* tokens in, .* out, [345] s$/);
});

test.each([120, 80])("two columns fit into %i, and what happens together shares a row", async (width) => {
  const tracks = await setBeside(["s12", "s13"], "Run pwd");
  let shown = "";
  const columns = new Columns(tracks, {
    width,
    colors: picocolors.createColors(false),
    write: (text) => void (shown += text),
  });
  columns.head("Run this and that ".repeat(20));
  await Promise.all(tracks.map((track) => track.run()));
  columns.show(Infinity);
  columns.foot();
  await Promise.all(tracks.map(({ stage }) => stage.strike()));
  expect(Math.max(...shown.split("\n").map((line) => columnsOf(line)))).toBeLessThanOrEqual(width);
  expect(shown.split("\n\n")[0]?.match(/this/g)).toHaveLength(20);
  expect(shown).toMatch(/s12 Task System +│ s13 Background Tasks/);
  expect(shown).toMatch(/● bash pwd +│ ● bash pwd/);
  expect(shown).toMatch(/2 calls, .*│ 2 calls, /);
});

test("a prompt that is missing, and a chapter that is not there, are one line each", () => {
  expect(beside("s12", "s13").stderr).toMatch(/^Name two chapters and a prompt, as in: npm run beside/);
  expect(beside("s12", "s99", "5").stderr).toMatch(/^There is no chapter "s99"/);
  expect(beside("s12", "s13", "99").stderr).toMatch(/^s13 has no prompt 99; it has 1 to \d+\n$/);
});

test("Ctrl-C ends both, and leaves no playground", async () => {
  const folder = temporaryFolder();
  const env = { ...process.env, COURSE_TEST_FOLDER: folder };
  const child = spawn(process.execPath, command("s12", "s13", "Run `sleep 30`"), { cwd: ROOT, env });
  await once(child.stdout, "data");
  expect(readdirSync(folder).filter((name) => name.startsWith("course-"))).toHaveLength(2);
  child.kill("SIGINT");
  const [code] = await once(child, "exit");
  expect(code).toBe(130);
  expect(readdirSync(folder).filter((name) => name.startsWith("course-"))).toEqual([]);
  rmSync(folder, { recursive: true });
});
