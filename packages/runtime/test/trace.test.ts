import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createModelClient, Session, traceTo, Workspace } from "../src/index.ts";
import { startTrace } from "../src/terminal/commands.ts";

test("a trace has every event from its start on, one a line, and git does not see it", () => {
  const root = mkdtempSync(join(tmpdir(), "course-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  execFileSync("git", ["init", "--quiet"], { cwd: root });
  const session = new Session(createModelClient({ env: { ANTHROPIC_API_KEY: "test" } }));
  session.notice("before");
  startTrace(session, new Workspace(root));
  session.notice("one");
  session.notice("two");
  const [name = ""] = readdirSync(join(root, ".traces")).filter((name) => name.endsWith(".jsonl"));
  const lines = readFileSync(join(root, ".traces", name), "utf8")
    .trim()
    .split("\n");
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { kind: "began" },
    { message: "one" },
    { message: "two" },
  ]);
  expect(execFileSync("git", ["status", "--porcelain"], { cwd: root, encoding: "utf8" })).toBe("");
});

test("a secret is not in a trace, of which each line is JSON all the same", () => {
  const root = mkdtempSync(join(tmpdir(), "course-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const session = new Session(createModelClient({ env: { ANTHROPIC_API_KEY: "test" } }));
  startTrace(session, new Workspace(root), {}, ['sk-ant-"0123"']);
  session.notice('the key is sk-ant-"0123", is it not?');
  const [name = ""] = readdirSync(join(root, ".traces")).filter((name) => name.endsWith(".jsonl"));
  const lines = readFileSync(join(root, ".traces", name), "utf8")
    .trim()
    .split("\n");
  expect(lines.map((line) => JSON.parse(line)).at(-1)).toMatchObject({
    message: "the key is [redacted], is it not?",
  });
});

test("a trace that can no longer be written says so once, and harms nobody", () => {
  const root = mkdtempSync(join(tmpdir(), "course-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const session = new Session(createModelClient({ env: { ANTHROPIC_API_KEY: "test" } }));
  const heard: string[] = [];
  const file = join(root, "a.jsonl");
  traceTo(file, session);
  session.on((event) => void heard.push("message" in event ? String(event.message) : event.type));
  session.notice("one");
  rmSync(file);
  mkdirSync(file);
  session.notice("two");
  session.notice("three");
  rmSync(file, { recursive: true });
  session.notice("four");
  expect(heard.filter((line) => line.startsWith("Tracing stopped: EISDIR"))).toHaveLength(1);
  expect(heard.filter((line) => !line.startsWith("Tracing"))).toEqual(["one", "two", "three", "four"]);
  expect(readdirSync(root)).toEqual([]);
});
