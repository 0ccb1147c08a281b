// Conversations that fill a window, and what compaction leaves of them.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type Anthropic from "@anthropic-ai/sdk";
import { call, say, type MessageRequest, type Turn } from "@course/offline-model/test";
import type { Workspace } from "@course/runtime";
import type { TestSession } from "@course/runtime/testing";
import { createAgent } from "../src/agent.ts";

export const inWindow = (tokens: number) => (workspace: Workspace) =>
  createAgent(workspace, { "context-tokens": String(tokens) });
export const bash = (command: string) => call("bash", { command });
export const command = (open: TestSession, name: string, argument = "") =>
  open.agent.extensions[0]?.commands?.[name]?.run(argument, open.session);

export function transcripts(open: TestSession): string[] {
  const folder = join(open.workspace.root, ".transcripts");
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".jsonl")) : [];
}

/** Every message on disk, from all transcripts of the workspace. */
export function archived(open: TestSession): Anthropic.MessageParam[] {
  const folder = join(open.workspace.root, ".transcripts");
  return transcripts(open).flatMap((name) =>
    readFileSync(join(folder, name), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Anthropic.MessageParam),
  );
}

export const page = (round: number) => bash(`seq -f 'round ${round}, line %g' 60`);

export const lastText = ({ messages }: MessageRequest) => JSON.stringify(messages.at(-1)?.content);
export const asksForSummary = (request: MessageRequest) => lastText(request).includes("<summary-request>");
export const notices = (open: TestSession) =>
  open.events.flatMap((event) => (event.type === "notice" ? [event.message] : []));

/** `count` rounds of a command that prints much, with a summary whenever one is asked for; then "done". */
export function rounds(count: number, make: (round: number) => Turn, summary: Turn = say("SUMMARY")): Turn[] {
  let round = 0;
  const turn = (request: MessageRequest) => {
    const next = asksForSummary(request) ? summary : round < count ? make(++round) : say("done");
    return typeof next === "function" ? next(request) : next;
  };
  return Array.from({ length: 2 * count + 10 }, () => turn);
}
