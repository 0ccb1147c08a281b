// Slash commands that every chapter has; extensions add their own.
import { join } from "node:path";
import type { Agent, Command } from "../extension.ts";
import type { Session } from "../conversation/session.ts";
import { toolsOf } from "../agent.ts";
import { traceTo, type Traced } from "../conversation/trace.ts";
import { stateFolder } from "../workspace/state-folder.ts";
import type { Workspace } from "../workspace/workspace.ts";
import { promptTokens } from "../conversation/usage.ts";
import { number, oneLine } from "./previews.ts";
import { cut } from "./text.ts";
import { redactor } from "./secrets.ts";
import type { Renderer } from "./renderer.ts";
import { errorMessage, ToolError } from "../errors.ts";

export interface CommandContext {
  agent: Agent;
  session: Session;
  workspace: Workspace;
  renderer: Renderer;
  /** What must be shown nowhere. */
  secrets: readonly string[];
  quit(): void;
}

/** What to print, the prompt that the line stands for, or what is wrong. */
export type CommandResult = string | { prompt: string } | { mistake: string };

export class Commands {
  readonly #builtIn: Readonly<Record<string, Command>>;
  readonly #agent: Agent;
  readonly #session: Session;
  readonly #renderer: Renderer;

  constructor(context: CommandContext) {
    this.#builtIn = builtIn(context, () => this.help());
    this.#agent = context.agent;
    this.#session = context.session;
    this.#renderer = context.renderer;
  }

  /** All that there are now. Where two extensions have a command of one name, the first one's holds. */
  get #all(): Map<string, Command> {
    const extensions = this.#agent.extensions
      .toReversed()
      .flatMap(({ commands = {} }) => Object.entries(commands));
    return new Map([...Object.entries(this.#builtIn), ...extensions]);
  }

  get names(): string[] {
    return [...this.#all.keys()];
  }

  /** Runs a command, with what stands behind it. Never rejects. */
  async run(name: string, behind: string): Promise<CommandResult> {
    const [command, argument] = [this.#all.get(name), behind.trim()];
    if (argument !== "" && command && takesNothing(command))
      return { mistake: `/${name} ${argument}: expected nothing behind /${name}.` };
    try {
      if (command?.prompt) return { prompt: await command.prompt(argument, this.#session) };
      const text: unknown = await command?.run(argument, this.#session, this.#renderer.columns);
      // A command of an extension may return nothing.
      return typeof text === "string" ? text : "";
    } catch (error) {
      const message = errorMessage(error);
      // What is expected to go wrong says itself what to do; of anything else the reader must know where it came from.
      const isSaid = error instanceof ToolError || message.startsWith(`/${name} `);
      return { mistake: isSaid ? message : `/${name} failed: ${message}` };
    }
  }

  /** Words that may follow a command, or those of all commands: ids, mostly. */
  async completions(name?: string): Promise<string[]> {
    const all = this.#all;
    const commands = name === undefined ? [...all.values()] : [all.get(name)];
    const lists = await Promise.all(
      commands.map(async (command) => {
        try {
          return (await command?.complete?.()) ?? [];
        } catch {
          // Whoever cannot say what follows offers nothing.
          return [];
        }
      }),
    );
    return lists.flat();
  }

  help(): string {
    const rows = [...this.#all].map(([name, { description }]) => [`/${name}`, description] as const);
    const all = [...rows, ["Ctrl-C", "stops what runs; twice, or Ctrl-D, leaves"] as const];
    const width = Math.max(...all.map(([name]) => name.length));
    return all.map(([name, description]) => `  ${name.padEnd(width)}  ${description}`).join("\n");
  }
}

/** What a command has to say, be it that something is wrong; nothing where its line stands for a prompt. */
export function saidIn(result: CommandResult): string {
  if (typeof result === "string") return result;
  return "mistake" in result ? result.mistake : "";
}

/** Such a command would run as if the rest of the line had not been typed, so it is refused instead. */
function takesNothing({ run, prompt, isAlone }: Command): boolean {
  return isAlone ?? (run.length === 0 && !prompt);
}

function builtIn(context: CommandContext, help: () => string): Record<string, Command> {
  const { agent, session, workspace, renderer, secrets } = context;
  const trace = () => startTrace(session, workspace, { chapter: agent.name }, secrets);
  return {
    help: { description: "lists the commands", run: help },
    tools: {
      description: "lists the tools that the model is offered",
      run: () =>
        toolsOf(agent)
          .map((tool) => `  ${tool.name.padEnd(18)}${tool.description}`)
          .join("\n"),
    },
    thinking: {
      description: "shows or hides what the model thinks: on, off",
      complete: () => ["on", "off"],
      run: (argument) => setThinking(renderer, argument),
    },
    cost: { description: "tokens so far", run: () => costTable(session, renderer.columns) },
    clear: {
      description: "forgets the conversation",
      run() {
        session.clear();
        return "The conversation is empty again. Files and tasks are untouched.";
      },
    },
    trace: { description: "starts writing every event to a file", run: trace },
    fault: {
      complete: () => ["off"],
      description: "arms faults of the offline model, as in /fault 529x3; off disarms them",
      run: (argument) => armFaults(session, argument),
    },
    quit: {
      description: "leaves",
      run() {
        context.quit();
        return "";
      },
    },
  };
}

/** Writes the session's events to a new file in the workspace from now on, without the secrets; says where. */
export function startTrace(
  session: Session,
  workspace: Workspace,
  traced: Traced = {},
  secrets: readonly string[] = [],
): string {
  const name = `${new Date().toISOString().replace(/[:.]/g, "-")}.jsonl`;
  const path = join(stateFolder(workspace.root, ".traces"), name);
  traceTo(path, session, { ...traced, folder: workspace.root }, redactor(secrets));
  return `Tracing to ${path}`;
}

function setThinking(renderer: Renderer, argument: string): string {
  if (argument === "on" || argument === "off") renderer.showsThinking = argument === "on";
  else if (argument !== "") throw new ToolError(`/thinking ${argument}: expected on or off.`);
  return `Thinking is ${renderer.showsThinking ? "shown" : "hidden"}.`;
}

async function armFaults(session: Session, argument: string): Promise<string> {
  if (!session.model.setFaults) return "Faults need the offline model. Start with --offline.";
  const faults = argument === "off" ? "" : argument;
  await session.model.setFaults(faults);
  if (faults === "") return "No faults are armed.";
  // The others are used up by the requests that they spoil.
  return `Armed: ${faults}${faults.includes("window=") ? "; the window stays small until /fault off" : ""}`;
}

/** Its three columns of numbers take 48, and what ran apart up to 22 more. */
function costTable({ usage, forkUsage, model }: Session, columns: number): string {
  const { total, last, turns } = usage;
  if (!last) return "No model call yet.";
  const calls = (count: number) => `${count} ${count === 1 ? "call" : "calls"}`;
  const room = Math.min(22, Math.max(11, columns - 48));
  const apart = (text: string) => (forkUsage.turns > 0 ? text.padStart(room) : "");
  const others = `others: ${calls(forkUsage.turns)}`;
  const row = (name: string, kind: keyof typeof total) =>
    `  ${name.padEnd(24)}${number(last[kind]).padStart(10)}${number(total[kind]).padStart(12)}${apart(number(forkUsage.total[kind]))}`;
  return [
    `  ${"tokens".padEnd(24)}${"last call".padStart(10)}${calls(turns).padStart(12)}${apart(others.length < room ? others : "others")}`,
    row("input, not cached", "input"),
    row("input, written to cache", "cacheWrite"),
    row("input, read from cache", "cacheRead"),
    row("output", "output"),
    ...(total.thinking > 0 ? [row("  of it thinking", "thinking")] : []),
    ...(forkUsage.turns > 0
      ? ["  Others, each with a conversation of its own:", ...forkRows(forkUsage.forks, columns)]
      : []),
    ...(model.isOffline ? ["  Estimated by the offline model: four characters a token."] : []),
  ].join("\n");
}

const FORKS_SHOWN = 12;

/** A row for each subagent, summary or teammate: its calls, and tokens in and out. */
function forkRows(forks: Session["forkUsage"]["forks"], columns: number): string[] {
  const width = Math.min(34, Math.max(12, columns - 38));
  const rows = forks
    .slice(-FORKS_SHOWN)
    .map(
      ({ name, usage: { total, turns } }) =>
        `    ${cut(oneLine(name), width - 2).padEnd(width)}${String(turns).padStart(3)} ${turns === 1 ? "call " : "calls"}${number(promptTokens(total)).padStart(10)} in${number(total.output).padStart(8)} out`,
    );
  const more = forks.length - rows.length;
  return more > 0 ? [`    ${more} earlier ones`, ...rows] : rows;
}
