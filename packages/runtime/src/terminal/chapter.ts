// What the terminal knows of a chapter: its card in package.json, its agent, its own flags.
import { defineAgent } from "../agent.ts";
import type { ModelClient } from "../conversation/model-client.ts";
import type { Agent } from "../extension.ts";
import type { Workspace } from "../workspace/workspace.ts";

export interface TryIt {
  prompt: string;
  /** What a test asserts after the prompt has run through the offline model. */
  effect: {
    /** Tools that must have been called, without error. */
    tools?: string[];
    /** Files that must exist afterwards, and a text that each holds. */
    files?: Record<string, string>;
    /** A text that the harness injected. */
    injected?: string;
    /** A text that the model's last answer holds. */
    answer?: string;
  };
  /** Flags that the chapter must be started with. */
  flags?: string[];
  /** Lines typed before and after the prompt, where it needs them. */
  before?: string[];
  after?: string[];
}

/** The "course" field of a chapter's package.json. */
export interface Card {
  /** The course's, from the root package.json, as in "1.0.0 of 2026-11-25". */
  edition: string;
  title: string;
  stage: string;
  subtitle: string;
  insight: string;
  tryIt: TryIt[];
  /** Rows of the lesson's "What changed" table that cannot be counted: component, before, after. */
  changes?: [string, string, string][];
  /** What a demo runs: the number of a prompt, counted from 1, and commands after it. */
  demo: { prompt: number; commands: string[] };
}

export interface ChapterFlag {
  /** The value's name for --help; undefined for a switch. In brackets, as in "[ID]", it may be left out. */
  value?: string;
  description: string;
  /** One letter, as in -p. */
  short?: string;
  /** What is wrong with a value, as in "expected 1 to 9."; undefined if nothing. Asked before anything else begins. */
  check?: (value: string) => string | undefined;
  /** A flag that another program has and this one does not: what to tell a user who types it. --help leaves it out. */
  refusal?: string;
}

export type FlagValues = Readonly<Record<string, string | boolean | undefined>>;

type CreateAgent = (workspace: Workspace, flags: FlagValues) => Agent;
type Mode = (model: ModelClient, flags: FlagValues, createAgent: CreateAgent) => Promise<number>;

/** What a chapter's agent.ts exports. */
export interface ChapterModule {
  /** Where the agent works instead, as a flag asks for (s18). May reject: the program then ends with the message. */
  openWorkspace?(workspace: Workspace, flags: FlagValues): Workspace | Promise<Workspace>;
  createAgent: CreateAgent;
  flags?: Readonly<Record<string, ChapterFlag>>;
  /** Flags that start something else than the terminal, such as a server for an editor (full). Resolves with the exit code. */
  modes?: Readonly<Record<string, Mode>>;
}

/** The entry of the card that a number stands for; undefined for any other line. */
export function entryFor(line: string, { tryIt }: Card): TryIt | undefined {
  return /^\d+$/.test(line) ? tryIt[Number(line) - 1] : undefined;
}

/** What to say to a number that stands for no prompt; undefined for anything else. */
export function missingPrompt(line: string, { tryIt }: Card): string | undefined {
  const isNumber = /^\d{1,2}$/.test(line) && !tryIt[Number(line) - 1];
  return isNumber ? `There is no prompt ${line}; type 1 to ${tryIt.length}, or your own words.` : undefined;
}

/** The agent with the extensions of others added; what it has already is not added twice. */
export function stack(agent: Agent, others: readonly Agent[]): Agent {
  if (agent.loop && others.length > 0) {
    throw new Error(
      `--with: ${agent.name} has a loop of its own, with no place for mechanisms. Start from s02.`,
    );
  }
  const tools = [...agent.tools];
  const extensions = [...agent.extensions];
  const instructions = [agent.instructions];
  for (const other of others) {
    tools.push(...other.tools.filter((tool) => tools.every(({ name }) => name !== tool.name)));
    const added = other.extensions.filter((extension) =>
      extensions.every(({ name }) => name !== extension.name),
    );
    extensions.push(...added);
    if (added.length > 0) instructions.push(other.instructions);
  }
  return defineAgent({ ...agent, tools, extensions, instructions: instructions.join("\n") });
}
