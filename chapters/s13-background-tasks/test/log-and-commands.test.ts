// What a task's log keeps, to the byte, and what /bg answers.
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { call, say, script } from "@course/offline-model/test";
import { openSession, temporaryFolder } from "@course/runtime/testing";
import { expect, onTestFinished, test } from "vitest";
import { createAgent } from "../src/agent.ts";
import { statusOf } from "../src/runtime-task.ts";
import { TaskLog } from "../src/task-log.ts";

const MARKER = "\n[output beyond 10 bytes is not kept]\n";

async function logOf(chunks: string[], path?: string) {
  const folder = mkdtempSync(join(tmpdir(), "course-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = path ?? join(folder, "log");
  const log = new TaskLog();
  const problem = await log.copy(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), file, 10);
  return { problem, preview: log.preview, text: problem ? "" : readFileSync(file, "utf8") };
}

test.each([
  [["1234567890"], "1234567890"],
  [["12345", "67890"], "1234567890"],
  [["123456789", "0"], "1234567890"],
  [["12345678901"], `1234567890${MARKER}`],
  [["12345", "67890", "1"], `1234567890${MARKER}`],
  [["123456", "789012", "345", "6"], `1234567890${MARKER}`],
  [[], ""],
])("of %j ten bytes are kept, and one marker says that there was more", async (chunks, kept) => {
  const { text, preview } = await logOf(chunks);
  expect(text).toBe(kept);
  expect(preview, "the end is known all the same").toBe(chunks.join(""));
});

test("the preview is the last 500 characters, of wide ones too, across chunks", async () => {
  const { preview } = await logOf(["€".repeat(400), "a", "é".repeat(450)]);
  expect(preview).toBe(`${"€".repeat(49)}a${"é".repeat(450)}`);
  expect((await logOf(["x".repeat(5_000), "y"])).preview).toBe(`${"x".repeat(499)}y`);
});

test("a log that cannot be written is said so, and the output is read all the same", async () => {
  const { problem, preview } = await logOf(["some", " words"], "/no/such/folder/log");
  expect(problem?.message).toMatch(/ENOENT/);
  expect(preview).toBe("some words");
});

test.runIf(process.platform === "linux")("a log is closed when its task has ended", async () => {
  const isOpen = (path: string) =>
    readdirSync("/proc/self/fd").some((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).startsWith(path);
      } catch {
        return false;
      }
    });
  const path = join(temporaryFolder(), "log");
  await logOf(["some words"], path);
  expect(isOpen(path)).toBe(false);
  rmSync(path);
});

test.each([
  ["completed", "exited", 0],
  ["failed", "exited", 1],
  ["failed", "failed_to_start", null],
  ["killed", "aborted", null],
  ["timed_out", "timed_out", null],
] as const)("a task is %s that %s with %s", (status, ending, exitCode) => {
  expect(statusOf({ ending, exitCode, signal: null } as Parameters<typeof statusOf>[0])).toBe(status);
});

test("/bg lists, stops one by its id, and says how it is written; Tab knows the ids", async () => {
  const model = script(
    [call("background_run", { command: "sleep 41" }), call("background_run", { command: "sleep 42" })],
    call("check_background", { task_id: "bg_2" }),
    say("ok"),
  );
  const open = await openSession(createAgent, model);
  onTestFinished(() => open.close());
  const [extension] = open.agent.extensions;
  const bg = extension?.commands?.["bg"];
  const run = (argument: string) => bg?.run(argument, open.session);
  expect(await run("")).toBe("No background tasks.");
  expect(extension?.status?.()).toBe(undefined);
  await open.run("go");
  expect(open.results()[2]).toMatch(/^<task id="bg_2" status="running"/);
  expect(extension?.status?.()).toBe("2 in background");
  expect(extension?.isBusy?.()).toBe(true);
  expect(await bg?.complete?.()).toEqual(["stop", "all", "bg_1", "bg_2"]);
  for (const wrong of ["stop", "start bg_1", "stop "])
    expect(await run(wrong)).toBe("Write /bg, /bg stop ID, or /bg stop all.");
  expect(await run("stop bg_1")).toMatch(/^bg_1 +killed .*sleep 41$/);
  // What has ended already is not among all that are stopped.
  expect(await run("stop all")).toMatch(/^bg_2 +killed .*sleep 42$/);
  expect(await run("stop all")).toBe("No background task is running.");
  await expect(run("stop bg_9")).rejects.toThrow("There is no background task bg_9. There are: bg_1, bg_2.");
  expect(await open.agent.extensions[0]?.commands?.["lanes"]?.run("", open.session)).toMatch(/^main loop/);
});
