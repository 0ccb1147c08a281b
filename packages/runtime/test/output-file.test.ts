import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { keepOutput, runBash, Workspace, type ToolResult } from "../src/index.ts";
import { temporaryFolder } from "../src/testing.ts";
import { asUser, openFolder } from "./other-user.ts";

let root: string;
beforeEach(() => (root = temporaryFolder()));
afterEach(() => rmSync(root, { recursive: true, force: true }));

const bash = (command: string, toolUseId = "toolu_1"): Promise<ToolResult> =>
  runBash(command, new Workspace(root), { signal: new AbortController().signal, toolUseId });
const read = (file = "") => readFileSync(join(root, file), "utf8");

test("output that bash cuts is on disk whole, and the note names the file", async () => {
  const { content, fullOutput } = await bash("echo ä; seq 1 20000; echo last");
  expect(content).toMatch(
    /^ä\n1\n[^]*\[\.\.\. 78,901 characters left out; all are in \S+ \.\.\.\][^]*20000\nlast$/,
  );
  expect(content).toContain(`all are in ${fullOutput?.file} `);
  const whole = `ä\n${Array.from({ length: 20_000 }, (_, index) => `${index + 1}\n`).join("")}last\n`;
  expect(read(fullOutput?.file)).toBe(whole);
  expect(fullOutput).toEqual({ file: ".task_outputs/bash/toolu_1.txt", length: whole.length });
});

test("what is shown whole makes no file", async () => {
  expect(await bash("seq 1 5000")).toMatchObject({ fullOutput: undefined });
  expect(readdirSync(root)).toEqual([]);
});

test("a second result with the same id leaves the first one's file alone", async () => {
  const first = await bash("seq 1 20000");
  const second = await bash("seq 20001 40000");
  expect(second.fullOutput?.file).toBe(".task_outputs/bash/toolu_1-2.txt");
  expect(read(first.fullOutput?.file)).toMatch(/^1\n/);
  expect(read(second.fullOutput?.file)).toMatch(/^20001\n/);
});

test("a result that is kept for another tool never replaces one either", () => {
  const files = ["old", "new"].map((content) => keepOutput(root, "tool-results", "toolu_1", content));
  expect(files.map(read)).toEqual(["old", "new"]);
});

test("where no file may be made, that is told, and no other name is tried", () => {
  const shared = openFolder();
  keepOutput(shared, "tool-results", "toolu_1", "old");
  chmodSync(join(shared, ".task_outputs/tool-results"), 0o555);
  asUser(() =>
    expect(() => keepOutput(shared, "tool-results", "toolu_2", "new")).toThrow(/^EACCES: .*toolu_2\.txt/),
  );
});

test("an id never leads out of the folder, and is no longer than a name may be", async () => {
  const { fullOutput } = await bash("seq 1 20000", `../../${"x".repeat(300)}`);
  expect(readdirSync(join(root, ".task_outputs/bash"))).toEqual([fullOutput?.file.split("/").at(-1)]);
});

test("beyond 10 MB the file has a marker, and nobody says that it holds all", async () => {
  const { content, fullOutput } = await bash("head -c 11000000 /dev/zero | tr '\\0' x; echo; echo last");
  expect(fullOutput).toBeUndefined();
  expect(content).toMatch(/left out; the first 10,485,760 bytes are in \.task_outputs\/bash\/toolu_1\.txt/);
  expect(content).toMatch(/last$/);
  const kept = read(".task_outputs/bash/toolu_1.txt");
  expect(kept.indexOf("\n")).toBe(10_485_760);
  expect(kept.endsWith("\n[output beyond 10,485,760 bytes is not kept]\n")).toBe(true);
});

test("where no file can be written, the output comes all the same, and says why it was not kept", async () => {
  writeFileSync(join(root, ".task_outputs"), "in the way");
  const { content, isError, fullOutput } = await bash("seq 1 20000");
  expect({ isError, fullOutput }).toEqual({ isError: false, fullOutput: undefined });
  expect(content).toMatch(/characters left out and not kept: .*is a file.*\.\.\.\][^]*20000$/);
});
