// The files of sessions: which one is taken up, by whom, and what is wrong with one.
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { say, script } from "@course/offline-model/test";
import { temporaryFolder } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { hold, running } from "./held-session.ts";
import { openFull, runFull, startFull } from "./program.ts";

const files = (folder: string) =>
  readdirSync(join(folder, ".sessions")).filter((name) => name.endsWith(".jsonl"));

test("a copy goes its own way, and the session that it is of stays as it was", async () => {
  const folder = temporaryFolder();
  const id = await hold(folder, running(), "Say hi");
  const kept = readFileSync(join(folder, `.sessions/${id}.jsonl`), "utf8");
  const model = script(say("In the copy."));
  const open = await openFull(model, folder, { resume: id.slice(0, 6), "fork-session": true });
  expect((await open.run("And now?")).answer).toBe("In the copy.");
  expect(open.session.id).not.toBe(id);
  await open.close();
  expect(readFileSync(join(folder, `.sessions/${id}.jsonl`), "utf8")).toBe(kept);
  const copy = readFileSync(join(folder, `.sessions/${open.session.id}.jsonl`), "utf8");
  expect(JSON.parse(copy.split("\n")[0] ?? "")).toMatchObject({ id: open.session.id, forkedFrom: id });
});

test("two programs do not take up one session at once: the second is told who has it, and may take a copy", async () => {
  const folder = temporaryFolder();
  const id = await hold(folder, running(), "Say hi");
  const { child, ended } = startFull(folder, ["--offline", "-c"]);
  child.stdin.write("Run `touch began`\n");
  await expect
    .poll(() => readdirSync(join(folder, ".sessions")), { timeout: 20_000 })
    .toContain(`${id}.lock`);
  const second = await runFull(folder, ["--offline", "-c", "-p", "Run pwd"]);
  expect(second.code).toBe(1);
  expect(second.stderr).toContain(`The session ${id} is open in another program (process ${child.pid})`);
  const copy = await runFull(folder, ["--offline", "-c", "--fork-session", "-p", "Run pwd"]);
  expect(copy.code).toBe(0);
  child.kill("SIGKILL");
  await ended;
  const after = await runFull(folder, ["--offline", "-r", id, "-p", "Run pwd"]);
  expect(after, after.stderr).toMatchObject({ code: 0 });
});

test("after /clear a session of its own begins, and the one before can still be taken up", async () => {
  const folder = temporaryFolder();
  const open = await openFull(script(say("one"), say("two")), folder);
  await open.run("First");
  const { id } = open.session;
  open.session.clear();
  await open.run("Second");
  expect(open.session.id).not.toBe(id);
  expect(files(folder)).toHaveLength(2);
  await open.close();
  const again = await openFull(script(say("three")), folder, { resume: id });
  expect(JSON.stringify(again.session.messages)).toMatch(/First/);
  expect(JSON.stringify(again.session.messages)).not.toMatch(/Second/);
  await again.close();
});

test("a session that git tracks came with the repository, and is not taken up", async () => {
  const folder = temporaryFolder();
  const id = await hold(folder, running(), "Say hi");
  execFileSync("git", ["init", "-q"], { cwd: folder });
  execFileSync("git", ["add", "-f", ".sessions"], { cwd: folder });
  await expect(openFull(script(), folder, { continue: true })).rejects.toThrow(
    `${id} came with the repository`,
  );
});

test("a line that was changed is named with its number, and nothing is guessed", async () => {
  const folder = temporaryFolder();
  const id = await hold(folder, running(), "Say hi");
  const path = join(folder, `.sessions/${id}.jsonl`);
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.replace('"type":"prefix"', '"type":"unknown"'));
  await expect(openFull(script(), folder, { resume: id })).rejects.toThrow(
    /line \d+, is not as it was written/,
  );
  writeFileSync(path, text);
  truncateSync(path, statSync(path).size - 5);
  const open = await openFull(script(say("ok")), folder, { resume: id });
  expect((await open.run("And now?")).ending).toBe("completed");
  await open.close();
});

test("a program in which nothing was said leaves no file", async () => {
  const folder = temporaryFolder();
  const open = await openFull(script(), folder);
  await open.close();
  expect(readdirSync(folder)).not.toContain(".sessions");
});

test("where the file cannot be written any more, the work goes on, and the user is told once", async () => {
  const folder = temporaryFolder();
  const open = await openFull(script(say("one"), say("two"), say("three")), folder);
  mkdirSync(join(folder, ".sessions"), { recursive: true });
  mkdirSync(join(folder, `.sessions/${open.session.id}.jsonl`));
  await open.run("First");
  expect((await open.run("Second")).answer).toBe("two");
  const notices = open.events.filter((event) => event.type === "notice" && /not kept/.test(event.message));
  expect(notices).toHaveLength(1);
  open.session.clear();
  await open.run("In a file of its own");
  expect(readFileSync(join(folder, `.sessions/${open.session.id}.jsonl`), "utf8")).toContain(
    "In a file of its own",
  );
  await open.close();
});

test("hooks hear that a session was resumed, under the id that it had", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, ".claude"));
  const hook = { type: "command", command: "cat >> hook.log; echo >> hook.log" };
  writeFileSync(
    join(folder, ".claude/settings.json"),
    JSON.stringify({ hooks: { SessionStart: [{ hooks: [hook] }] } }),
  );
  const first = await openFull(script(say("ok")), folder, { trust: true });
  await first.run("Say hi");
  await first.close();
  const open = await openFull(script(), folder, { continue: true, trust: true });
  await open.close();
  const heard = readFileSync(join(folder, "hook.log"), "utf8").split("\n").filter(Boolean);
  expect(heard.map((line) => JSON.parse(line) as object)).toMatchObject([
    { source: "startup", session_id: first.session.id },
    { source: "resume", session_id: first.session.id },
  ]);
});

test("a person chooses from the list, anybody else is given it", async () => {
  const folder = temporaryFolder();
  await hold(folder, script(say("one")), "The first");
  const id = await hold(folder, script(say("two")), "The second");
  const open = await openFull(script(), folder, { resume: true }, ({ choices }) => ({
    choice: choices[0] ?? "",
  }));
  expect(open.session.id).toBe(id);
  await open.close();
  const { code, stderr } = await runFull(folder, ["--offline", "--resume", "-p", "x"]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/--resume ID.*\n.*The second\n.*The first/);
  const none = await runFull(temporaryFolder(), ["--offline", "-c", "-p", "x"]);
  expect(none.stderr).toMatch(/There is no session in .* to continue/);
});

/** What is kept of a run with one call, from the message with this number on. */
function keptRun(message: number): string {
  const at = 1;
  const tool = `toolu_${message}`;
  const input = { command: "npm test" };
  const result = { content: "x".repeat(2_000) };
  const said = (offset: number, role: string, block: object) => ({
    type: "appended",
    message: message + offset,
    role,
    blocks: [block],
    at,
  });
  const events = [
    said(0, "user", { type: "text", text: "Again" }),
    { type: "prompt", text: "Again", at },
    said(1, "assistant", { type: "tool_use", id: tool, name: "bash", input }),
    { type: "tool_started", id: tool, name: "bash", input, at },
    { type: "tool_ended", id: tool, name: "bash", result, durationMs: 1, at },
    said(2, "user", { type: "tool_result", tool_use_id: tool, ...result }),
    said(3, "assistant", { type: "text", text: "Done." }),
    { type: "run_ended", ending: "completed", answer: "Done.", stopReason: "end_turn", at },
  ];
  return events.map((event) => `${JSON.stringify(event)}\n`).join("");
}

test("a session of 2,000 messages is taken up in under a second", async () => {
  const folder = temporaryFolder();
  const id = await hold(folder, running(), "Say hi");
  const path = join(folder, `.sessions/${id}.jsonl`);
  for (let message = 4; message < 2_000; message += 4) appendFileSync(path, keptRun(message));
  const model = script(say("Still here."));
  await model.start();
  const start = performance.now();
  const open = await openFull(model, folder, { continue: true });
  const ms = performance.now() - start;
  console.log(
    `2,000 messages, ${(statSync(path).size / 1e6).toFixed(1)} MB: taken up in ${Math.round(ms)} ms`,
  );
  expect(open.session.messages).toHaveLength(2_000);
  expect(ms).toBeLessThan(1_000);
  expect((await open.run("And now?")).answer).toBe("Still here.");
  await open.close();
});
