// A terminal in a hundred lines, for one-file editions: a prompt, one line per tool call, questions,
// and -p for one prompt. Not covered: what the course's own terminal has besides, such as commands.
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import Anthropic from "@anthropic-ai/sdk";
import {
  run,
  runUntilIdle,
  Session,
  Workspace,
  type Agent,
  type AgentEvent,
  type Answer,
  type ChapterModule,
  type ModelClient,
  type Question,
} from "@course/runtime";

/** Runs a chapter to its end and exits the process. What is wrong at the start is one line on stderr. */
export async function startPlain(chapter: ChapterModule, title: string): Promise<void> {
  try {
    const own = Object.entries(chapter.flags ?? {}).map(
      ([name, { value }]) => [name, { type: value === undefined ? "boolean" : "string" }] as const,
    );
    const { values } = parseArgs({
      options: { dir: { type: "string" }, print: { type: "string", short: "p" }, ...Object.fromEntries(own) },
    });
    if (typeof values.dir !== "string") throw new Error("Name the folder to work in: --dir FOLDER");
    const folder = new Workspace(resolve(values.dir));
    const agent = chapter.createAgent((await chapter.openWorkspace?.(folder, values)) ?? folder, values);
    const session = new Session(modelClient());
    for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => void leave(agent, 1));
    if (typeof values.print === "string") return await runOnce(agent, session, values.print);
    console.log(
      `${title}\n${session.model.id} at ${session.model.endpoint}. Ctrl-C stops a run, Ctrl-D leaves.`,
    );
    await new PlainTerminal(agent, session).start();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}

function modelClient(): ModelClient {
  const {
    ANTHROPIC_API_KEY: key,
    ANTHROPIC_AUTH_TOKEN: token,
    ANTHROPIC_BASE_URL: url,
    MODEL_ID,
  } = process.env;
  if (!key && !token && !url)
    throw new Error("Set ANTHROPIC_API_KEY, or ANTHROPIC_BASE_URL for your own endpoint.");
  // An endpoint of one's own often wants no key; the SDK wants something.
  const client = new Anthropic(key || token ? {} : { authToken: "none" });
  return {
    id: MODEL_ID || "claude-sonnet-5-5",
    endpoint: client.baseURL,
    reason: "the environment",
    isOffline: false,
    sdk: async () => client,
    close: async () => {},
  };
}

/** One prompt: the answer goes to stdout, all else to stderr. */
async function runOnce(agent: Agent, session: Session, prompt: string): Promise<void> {
  session.on(report((line) => console.error(line)));
  for (const extension of agent.extensions) await extension.start?.(session, agent);
  const { ending, answer } = await runUntilIdle(agent, session, prompt);
  if (ending === "completed") console.log(answer);
  await leave(agent, ending === "completed" ? 0 : 1);
}

async function leave(agent: Agent, code: number): Promise<void> {
  await Promise.allSettled(agent.extensions.map(async (extension) => extension.stop?.()));
  process.exit(code);
}

/** A listener that prints what happens, a line each; the model's own words are not among it. */
function report(print: (line: string) => void): (event: AgentEvent) => void {
  const inputs = new Map<string, string>();
  const show = (event: AgentEvent, margin: string): void => {
    const line = (text: string) => print(margin + text);
    if (event.type === "tool_started") inputs.set(event.id, JSON.stringify(event.input));
    else if (event.type === "tool_ended")
      line(`${event.result.isError ? "✗" : "●"} ${event.name} ${inputs.get(event.id)?.slice(0, 100)}`);
    else if (event.type === "injected") line(`▸ the harness injects: ${event.text}`);
    else if (event.type === "notice" || event.type === "error") line(event.message);
    else if (event.type === "waiting")
      line(`${event.reason}; trying again in ${Math.ceil(event.ms / 1000)} s`);
    else if (event.type === "display") line(event.text);
    else if (event.type === "subagent") show(event.event, `${margin}    ${event.label} `);
  };
  return (event) => show(event, "");
}

class PlainTerminal {
  readonly #agent: Agent;
  readonly #session: Session;
  readonly #readline = createInterface({ input: process.stdin, output: process.stdout, prompt: "\n> " });
  /** Lines that were typed, and undefined for each wake. */
  readonly #queue: (string | undefined)[] = [];
  #answer: ((line: string) => void) | undefined;
  #isRunning = false;

  constructor(agent: Agent, session: Session) {
    this.#agent = agent;
    this.#session = session;
  }

  async start(): Promise<void> {
    const session = this.#session;
    session.on(report((line) => console.log(line)));
    session.on((event) => {
      if (event.type === "text") process.stdout.write(event.text);
      else if (event.type === "model_ended") console.log();
      else if (event.type === "wake") this.#take(undefined);
    });
    session.human = (question) => this.#ask(question);
    this.#readline.on("line", (line) => (this.#answer ? this.#answer(line) : this.#take(line)));
    this.#readline.on("SIGINT", () => (this.#isRunning ? session.interrupt() : this.#readline.close()));
    this.#readline.on("close", () => void leave(this.#agent, 0));
    for (const extension of this.#agent.extensions) await extension.start?.(session, this.#agent);
    this.#readline.prompt();
  }

  /** Runs what is queued, one after the other. */
  async #work(): Promise<void> {
    this.#isRunning = true;
    while (this.#queue.length > 0) await run(this.#agent, this.#session, this.#queue.shift());
    this.#isRunning = false;
    this.#readline.prompt();
  }

  #take(line: string | undefined): void {
    if (line?.trim() === "") return this.#readline.prompt();
    this.#queue.push(line);
    if (!this.#isRunning) void this.#work();
  }

  async #ask({ text, diff = [], choices, withText }: Question): Promise<Answer> {
    console.log([text, ...diff, ...choices.map((choice, index) => `  ${index + 1}  ${choice}`)].join("\n"));
    const choice = choices[Number(await this.#line("? ")) - 1];
    if (choice === undefined) return { refused: "The user chose none of the answers" };
    return choice === withText ? { choice, text: await this.#line("in your words: ") } : { choice };
  }

  /** The next line that is typed; an empty one when the run is interrupted. */
  async #line(prompt: string): Promise<string> {
    process.stdout.write(prompt);
    const { signal } = this.#session;
    const line = await new Promise<string>((resolve) => {
      this.#answer = resolve;
      signal.addEventListener("abort", () => resolve(""), { once: true });
    });
    this.#answer = undefined;
    return line.trim();
  }
}
