// For tests: an agent on a scripted model, in a folder of its own. Real HTTP, real files, real processes.
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Agent } from "./extension.ts";
import { createModelClient } from "./model/client.ts";
import type { StampedEvent } from "./conversation/events.ts";
import { run, runUntilIdle, settle, type RunOutcome } from "./run.ts";
import type { Answer, Question } from "./conversation/question.ts";
import { Session } from "./conversation/session.ts";
import type { TryIt } from "./terminal/chapter.ts";
import { readCard, REPOSITORY } from "./terminal/repository.ts";
import { toolsOf } from "./agent.ts";
import { runChapter, runHere, temporaryFolder } from "./testing-programs.ts";
import { ensurePlayground, Workspace } from "./workspace/workspace.ts";

export {
  newHost,
  nodeArguments,
  runChapter,
  runHere,
  temporaryFolder,
  type ChapterRun,
} from "./testing-programs.ts";

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
  /** Runs until no extension is busy, as -p does; without a prompt, only what wakes the session. */
  runUntilIdle(prompt?: string): Promise<RunOutcome | undefined>;
  /** Texts of the tool results so far, oldest first. */
  results(): string[];
  close(): Promise<void>;
}

/**
 * Opens a session in `folder`, or in a new one that `close` removes. `answer` is the person who is asked, from the
 * start of the extensions on.
 */
export async function openSession(
  createAgent: (workspace: Workspace) => Agent,
  model: StartableModel,
  folder?: string,
  answer?: (question: Question) => Answer,
): Promise<TestSession> {
  const workspace = new Workspace(folder ?? temporaryFolder());
  const env = { ANTHROPIC_BASE_URL: await model.start(), ANTHROPIC_API_KEY: "test" };
  const session = new Session(createModelClient({ env }));
  const agent = createAgent(workspace);
  const events: StampedEvent[] = [];
  session.on((event) => events.push(event));
  if (answer) session.human = (question) => Promise.resolve(answer(question));
  for (const extension of agent.extensions) await extension.start?.(session, agent);
  return {
    workspace,
    agent,
    session,
    events,
    run: (prompt) => run(agent, session, prompt),
    runUntilIdle: (prompt) =>
      prompt === undefined ? settle(agent, session) : runUntilIdle(agent, session, prompt),
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

/** Names of the tools that an agent offers, in their order. */
export function offeredTools(createAgent: (workspace: Workspace) => Agent): string[] {
  return toolsOf(createAgent(new Workspace(temporaryFolder()))).map(({ name }) => name);
}

/** The "Try it" prompts of the chapter that this test file belongs to, given as import.meta.url. */
export function tryItOf(testUrl: string): TryIt[] {
  return readCard(testUrl).tryIt;
}

/**
 * Types a prompt into its chapter, on a new playground and the offline model: the card's first one into a program, the
 * others into one in this process. Throws an Error that names what did not happen.
 */
export async function runTryIt(
  testUrl: string,
  { prompt, effect, flags = [], before = [], after = [] }: TryIt,
): Promise<void> {
  const parent = temporaryFolder();
  const folder = join(parent, "playground");
  ensurePlayground(folder, join(REPOSITORY, "packages/playground/template"));
  try {
    const lines = [...before, prompt, ...after];
    const args = ["--offline", "--trace", "--dir", folder, ...flags];
    const isFirst = tryItOf(testUrl)[0]?.prompt === prompt;
    const { stdout, stderr, code } = await (isFirst ? runChapter : runHere)(testUrl, args, lines);
    const events = tracedIn(folder);
    const problems = [
      ...(code === 0 ? [] : [`exit code ${code}`]),
      ...missingEffects(effect, folder, stdout, events),
      ...missingName(testUrl, events),
    ];
    if (problems.length > 0) throw new Error(`"${prompt}": ${problems.join("; ")}\n${stderr}\n${stdout}`);
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

function tracedIn(folder: string): StampedEvent[] {
  const traces = join(folder, ".traces");
  return readdirSync(traces)
    .filter((name) => name.endsWith(".jsonl"))
    .flatMap((name) => readFileSync(join(traces, name), "utf8").trim().split("\n"))
    .map((line) => JSON.parse(line) as StampedEvent);
}

/** The prompt and the trace must name the chapter as its folder does: s13-background-tasks is s13. */
function missingName(testUrl: string, events: readonly StampedEvent[]): string[] {
  const id = basename(dirname(dirname(fileURLToPath(testUrl)))).split("-", 1)[0];
  const isNamed = events.every(
    (event) => event.type !== "extension" || event.extension !== "trace" || event.detail["chapter"] === id,
  );
  return isNamed ? [] : [`the agent is not named ${id}`];
}

/** What was to happen in the folder and did not. */
function missingEffects(
  effect: TryIt["effect"],
  folder: string,
  stdout: string,
  events: readonly StampedEvent[],
): string[] {
  const used = events.flatMap((event) =>
    event.type === "tool_ended" && !event.result.isError ? [event.name] : [],
  );
  const injected = events.flatMap((event) => (event.type === "injected" ? [event.text] : []));
  const { tools = [], files = {}, injected: part = "", answer = "" } = effect;
  return [
    ...tools.filter((name) => !used.includes(name)).map((name) => `${name} was not used`),
    ...Object.entries(files).flatMap(([path, text]) => missingPart(join(folder, path), path, text)),
    ...(part === "" || injected.some((text) => text.includes(part)) ? [] : [`"${part}" was not injected`]),
    ...(stdout.includes(answer) ? [] : [`no answer holds "${answer}"`]),
  ];
}

function missingPart(file: string, path: string, part: string): string[] {
  try {
    return readFileSync(file, "utf8").includes(part) ? [] : [`${path} does not hold "${part}"`];
  } catch {
    return [`there is no ${path}`];
  }
}
