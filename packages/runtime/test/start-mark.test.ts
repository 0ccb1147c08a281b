import { spawn, spawnSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { startMark, stillRuns } from "../src/index.ts";
import { temporaryFolder } from "../src/testing.ts";

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

/** For the rest of a test: a system that has no /proc. */
function withoutProc(): void {
  const platform = Object.getOwnPropertyDescriptor(process, "platform") ?? {};
  Object.defineProperty(process, "platform", { ...platform, value: "darwin" });
  onTestFinished(() => {
    Object.defineProperty(process, "platform", platform);
    vi.unstubAllEnvs();
  });
}

test.runIf(spawnSync("ps", ["-p", String(process.pid)]).status === 0)(
  "where there is no /proc, the mark is when the process began, in words that no setting changes",
  () => {
    withoutProc();
    const marks = ["Asia/Tokyo", "America/New_York"].map((zone) => {
      vi.stubEnv("TZ", zone);
      return startMark(process.pid);
    });
    const began = Date.now() - process.uptime() * 1000;
    const [, month, day, time, year] = marks[0]?.split("-") ?? [];
    expect(Math.abs(Date.parse(`${month} ${day} ${year} ${time} UTC`) - began)).toBeLessThan(60_000);
    expect(marks[0]).toMatch(/\d$/);
    expect(marks[1]).toBe(marks[0]);
    expect(stillRuns(process.pid, marks[0])).toBe(true);
    expect(startMark(999_999_999)).toBeUndefined();
  },
);

test("a ps that says nothing gives no mark, which would be that of any other process", () => {
  withoutProc();
  const folder = temporaryFolder();
  writeFileSync(join(folder, "ps"), "#!/bin/sh\n");
  chmodSync(join(folder, "ps"), 0o755);
  vi.stubEnv("PATH", folder);
  expect(startMark(process.pid)).toBeUndefined();
});
