// A session with hooks of the user's own home, each a small script that is written for the test.
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { call, say, script, type Turn } from "@course/offline-model/test";
import { baseTools, defineAgent, type Extension, type FlagValues, type Workspace } from "@course/runtime";
import { openSession, temporaryFolder, type TestSession } from "@course/runtime/testing";
import { hooks } from "@course/s08-hooks";

export interface HookSpec {
  command: string;
  matcher?: string;
  [setting: string]: unknown;
}

/** `{ PreToolUse: [{ matcher: "Bash", command: "exit 2" }] }` as a settings file. */
export function settingsWith(events: Record<string, HookSpec[]>): object {
  const groups = Object.entries(events).map(([event, specs]) => [
    event,
    specs.map(({ matcher, ...hook }) => ({
      ...(matcher !== undefined && { matcher }),
      hooks: [{ type: "command", ...hook }],
    })),
  ]);
  return { hooks: Object.fromEntries(groups) };
}

export function writeJson(file: string, value: unknown): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(value));
}

export function writeScript(file: string, text: string): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, 0o755);
  return file;
}

export interface Opened extends TestSession {
  notices(): string[];
  injected(): string[];
  /** What hooks with the command `record` have read, oldest first. */
  inputs(): Record<string, unknown>[];
}

/** Writes what it reads into the workspace, one line each. */
export const record = "cat >> .inputs.jsonl";

export interface Options {
  events?: Record<string, HookSpec[]>;
  turns?: Turn[];
  /** Added to the agent, in front of the hooks. */
  others?: (workspace: Workspace) => Extension[];
  values?: FlagValues;
  folder?: string;
  /** Files of the workspace, by name. */
  files?: Record<string, string>;
}

/** A home of its own for each session, so that the machine's settings do not count. */
export function newHome(): string {
  return (process.env["HOME"] = temporaryFolder());
}

export async function open({ events, turns = [say("done")], others, values, folder, files = {} }: Options) {
  const home = newHome();
  if (events) writeJson(join(home, ".claude/settings.json"), settingsWith(events));
  return openIn(folder ?? temporaryFolder(), {
    turns,
    files,
    ...(others && { others }),
    ...(values && { values }),
  });
}

/** As `open`, with the home that is set. */
export async function openIn(root: string, { turns = [say("done")], others, values, files = {} }: Options) {
  for (const [name, text] of Object.entries(files)) writeScript(join(root, name), text);
  const opened = await openSession(
    (workspace) =>
      defineAgent({
        name: "test",
        instructions: "Test.",
        tools: baseTools(workspace),
        extensions: [...(others?.(workspace) ?? []), hooks(workspace, values)],
      }),
    script(...turns),
    root,
  );
  const pick = (type: "notice" | "injected") =>
    opened.events.flatMap((event) =>
      event.type !== type ? [] : [event.type === "notice" ? event.message : event.text],
    );
  const inputsFile = join(root, ".inputs.jsonl");
  return Object.assign(opened, {
    notices: () => pick("notice"),
    injected: () => pick("injected"),
    inputs: () =>
      existsSync(inputsFile)
        ? readFileSync(inputsFile, "utf8")
            .trim()
            .split("\n")
            .map((line) => JSON.parse(line) as Record<string, unknown>)
        : [],
  }) satisfies Opened;
}

export const touch = call("bash", { command: "touch made" });
export const made = (root: string) => existsSync(join(root, "made"));
