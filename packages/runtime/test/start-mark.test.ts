import { spawn } from "node:child_process";
import { expect, onTestFinished, test } from "vitest";
import { startMark, stillRuns } from "../src/index.ts";

test("a process is told from another by its mark, for as long as it lives", async () => {
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  const pid = child.pid ?? 0;
  const mark = startMark(pid);
  expect(mark).toMatch(/^\S+$/);
  expect(mark).not.toBe(startMark(process.pid));
  expect([stillRuns(pid, mark), stillRuns(pid, "1"), stillRuns(pid, undefined)]).toEqual([
    true,
    false,
    false,
  ]);
  const exited = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await exited;
  expect([startMark(pid), stillRuns(pid, mark)]).toEqual([undefined, false]);
});

test.each([0, -1, Number.NaN, 999_999_999])("nobody runs under the number %d", (pid) => {
  expect(stillRuns(pid, undefined)).toBe(false);
});
