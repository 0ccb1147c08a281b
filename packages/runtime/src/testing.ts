// For tests: an agent on a scripted model, in a folder of its own. Real HTTP, real files, real processes.
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Agent } from "./agent.ts";
import { createModelClient } from "./client.ts";
import type { StampedEvent } from "./events.ts";
import { run, runUntilIdle, type RunOutcome } from "./run.ts";
import { Session } from "./session.ts";
import { Workspace } from "./workspace.ts";

/** Anything that starts a server which speaks the Messages API and returns its URL. */
interface StartableModel {
  start(): Promise<string>;
  close(): Promise<void>;
}

export interface TestSession {
  workspace: Workspace;
  agent: Agent;
  session: Session;
  events: StampedEvent[];
  /** One run, as when a person types the prompt. */
  run(prompt?: string): Promise<RunOutcome>;
  /** Runs until no extension is busy, as -p does. */
  runUntilIdle(prompt?: string): Promise<RunOutcome>;
  /** Texts of the tool results so far, oldest first. */
  results(): string[];
  close(): Promise<void>;
}

/** A new, empty folder. */
export function temporaryFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), "course-")));
}

/** Opens a session in `folder`, or in a new one that `close` removes. */
export async function openSession(
  createAgent: (workspace: Workspace) => Agent,
  model: StartableModel,
  folder?: string,
): Promise<TestSession> {
  const workspace = new Workspace(folder ?? temporaryFolder());
  const env = { ANTHROPIC_BASE_URL: await model.start(), ANTHROPIC_API_KEY: "test" };
  const session = new Session(createModelClient({ env }));
  const agent = createAgent(workspace);
  const events: StampedEvent[] = [];
  session.on((event) => events.push(event));
  for (const extension of agent.extensions) await extension.start?.(session);
  return {
    workspace,
    agent,
    session,
    events,
    run: (prompt) => run(agent, session, prompt),
    runUntilIdle: (prompt) => runUntilIdle(agent, session, prompt),
    results: () =>
      events.flatMap((event) =>
        event.type === "tool_ended" && typeof event.result.content === "string" ? [event.result.content] : [],
      ),
    async close() {
      for (const extension of agent.extensions) await extension.stop?.();
      await model.close();
      if (folder === undefined) rmSync(workspace.root, { recursive: true, force: true });
    },
  };
}
