// An agent of this chapter on a scripted model, in a folder with the servers and files that a test gives it.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { scriptWith, type MessageRequest, type Turn } from "@course/offline-model/test";
import {
  baseTools,
  defineAgent,
  isAlive,
  textOf,
  type AgentEvent,
  type Answer,
  type Extension,
  type FlagValues,
  type Question,
  type Workspace,
} from "@course/runtime";
import { openSession, temporaryFolder, type TestSession } from "@course/runtime/testing";
import { mcpAndPlugins } from "@course/s19-mcp-plugin";

/** The lesson's own. */
export const tracker = { command: "node", args: [join(import.meta.dirname, "../tracker/server.mjs")] };
/** Servers that misbehave, by the way in which they do. */
export const odd = (...ways: string[]) => ({
  command: "node",
  args: [join(import.meta.dirname, "odd-server.mjs"), ...ways],
});

export interface Setting {
  /** Becomes .mcp.json. */
  servers?: Record<string, object>;
  files?: Record<string, string>;
  values?: FlagValues;
  others?: (workspace: Workspace) => Extension[];
  answer?: (question: Question) => Answer;
  window?: number;
  /** Whether to wait until each server is ready or has failed; true, unless it is said. */
  waits?: boolean;
}

export interface Opened extends TestSession {
  requests: readonly MessageRequest[];
  notices(): string[];
  emitted<Type extends AgentEvent["type"]>(type: Type): Extract<AgentEvent, { type: Type }>[];
  command(line: string): Promise<string>;
  close(): Promise<void>;
}

export function writeFiles(root: string, files: Record<string, string>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
}

/** Everything is trusted unless `values` says otherwise; the home is empty. */
export async function open(setting: Setting, ...turns: Turn[]): Promise<Opened> {
  process.env["HOME"] = temporaryFolder();
  const folder = temporaryFolder();
  const { servers, files = {}, values = { trust: true }, others, answer, waits = true } = setting;
  const config = servers ? { ".mcp.json": JSON.stringify({ mcpServers: servers }) } : {};
  writeFiles(folder, { ...config, ...files });
  const model = scriptWith({}, ...turns);
  const session = await openSession(
    (workspace) =>
      defineAgent({
        name: "test",
        instructions: "You are a test.",
        tools: baseTools(workspace),
        extensions: [...(others?.(workspace) ?? []), ...mcpAndPlugins(workspace, values)],
      }),
    model,
    folder,
    answer,
  );
  const { agent, events } = session;
  // The first request would wait five seconds for them, which a busy machine can need.
  const isReady = () => agent.extensions.every(({ status }) => status?.() === undefined);
  await until(() => !waits || isReady(), "no server is connecting");
  return {
    ...session,
    requests: model.requests,
    notices: () => events.flatMap((event) => (event.type === "notice" ? [event.message] : [])),
    emitted: (type) => events.filter((event) => event.type === type) as never,
    async command(line) {
      const [, name = "", argument = ""] = /^\/(\S+) ?(.*)$/s.exec(line) ?? [];
      const found = agent.extensions.flatMap(({ commands }) => commands?.[name] ?? [])[0];
      if (found?.prompt) return `PROMPT: ${await found.prompt(argument, session.session)}`;
      return (await found?.run(argument, session.session)) ?? `no command ${name}`;
    },
  };
}

/** All text and results of a request's last message. */
export function lastOf(request: MessageRequest | undefined): string {
  const message = request?.messages.at(-1);
  if (!message) return "";
  const blocks = typeof message.content === "string" ? [] : message.content;
  const results = blocks.flatMap((block) =>
    block.type === "tool_result" ? [JSON.stringify(block.content)] : [],
  );
  return [...results, textOf(message.content)].join("\n");
}

/** Waits until something is so, and fails after thirty seconds. */
export async function until(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const end = Date.now() + 30_000; !(await isSo());) {
    if (Date.now() > end) throw new Error(`It never came to be that ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The numbers of the processes that wrote theirs to the file. */
export function pidsIn(file: string): number[] {
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").map(Number) : [];
}

export const allGone = (pids: readonly number[]) => pids.every((pid) => !isAlive(pid));
