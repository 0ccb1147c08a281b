// Real runs of "Try it" prompts against the offline model, each in a new playground. What one page
// quotes of a run (its transcript, a request, a file) comes from the same run.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { startOfflineModel } from "@course/offline-model";
import {
  createModelClient,
  ensurePlayground,
  runUntilIdle,
  Session,
  Workspace,
  type Agent,
  type AgentEvent,
  type Card,
  type StampedEvent,
} from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { entryFor as cardEntry, type TryIt } from "../../packages/runtime/src/terminal/chapter.ts";
import { parseFlags } from "../../packages/runtime/src/terminal/flags.ts";
import { Renderer } from "../../packages/runtime/src/terminal/renderer.ts";
import { Screen } from "../../packages/runtime/src/terminal/screen.ts";
import { findChapter, loadChapter, ROOT } from "./chapters.ts";

/** A chapter's agent in a playground of its own, with everything typed that a prompt needs first. */
export interface Stage {
  agent: Agent;
  session: Session;
  folder: string;
  entry: TryIt;
  /** Everything that happened, from the start of the session on. */
  events: StampedEvent[];
  /** How many of them came before the prompt. */
  eventsBefore: number;
  /** Ends what runs and removes the playground. */
  strike(): Promise<void>;
}

/**
 * `prompt` is the number of a prompt on the card of `other`, whose flags are for itself alone, or words.
 * Throws an Error if the card has no such prompt.
 */
export async function setStage(id: string, prompt: string, other = id): Promise<Stage> {
  const chapter = findChapter(id);
  const entry = entryFor(prompt, other);
  const parent = temporaryFolder();
  const folder = join(parent, "playground");
  ensurePlayground(folder, join(ROOT, "packages/playground/template"));
  // Files that a card's flags name lie below the repository, from wherever this was started.
  process.env["INIT_CWD"] = ROOT;
  const { createAgent, openWorkspace, flags = {} } = await loadChapter(chapter);
  // The chapter before may not know a flag that this prompt is for.
  const values = id === other ? parseFlags(entry.flags ?? [], flags) : {};
  const opened = new Workspace(folder);
  const agent = createAgent((await openWorkspace?.(opened, values)) ?? opened, values);
  const session = new SteadySession(createModelClient({ env: {}, offline: true, startOfflineModel }));
  const events: StampedEvent[] = [];
  session.on((event) => events.push(event));
  const strike = async () => {
    session.close();
    await Promise.allSettled(agent.extensions.map(async (extension) => extension.stop?.()));
    await session.model.close();
    rmSync(parent, { recursive: true, force: true });
  };
  try {
    await session.model.setFaults?.(String(values["fault"] ?? ""));
    for (const extension of agent.extensions) await extension.start?.(session, agent);
    for (const line of entry.before ?? []) await typeBefore(line, agent, session, chapter.card);
    // Loading the SDK is not the agent's time.
    await session.model.sdk();
  } catch (error) {
    await strike();
    throw error;
  }
  return { agent, session, folder, entry, events, eventsBefore: events.length, strike };
}

function entryFor(prompt: string, id: string): TryIt {
  if (!/^\d+$/.test(prompt)) return { prompt, effect: {} };
  const { tryIt } = findChapter(id).card;
  const entry = tryIt[Number(prompt) - 1];
  if (!entry) throw new Error(`${id} has no prompt ${prompt}; it has 1 to ${tryIt.length}`);
  return entry;
}

async function typeBefore(line: string, agent: Agent, session: Session, card: Card): Promise<void> {
  const [, faults] = /^\/fault (.+)$/.exec(line) ?? [];
  if (faults !== undefined) await session.model.setFaults?.(faults);
  else if (line === "/clear") session.clear();
  else await runUntilIdle(agent, session, cardEntry(line, card)?.prompt ?? line);
}

/** What a command of the chapter prints; nothing for a line that is none. */
async function typeAfter(line: string, agent: Agent, session: Session): Promise<string> {
  const [, name = "", argument = ""] = /^\/(\S+) ?(.*)$/.exec(line) ?? [];
  const command = agent.extensions.flatMap(({ commands }) => commands?.[name] ?? [])[0];
  if (!command) return "";
  if (!command.prompt) return `you > ${line}\n${await command.run(argument, session)}\n`;
  await runUntilIdle(agent, session, await command.prompt(argument, session));
  return "";
}

export interface Run extends Omit<Stage, "agent" | "entry"> {
  /** What a learner sees, as it was. */
  text: string;
  /** What the commands print that the card has after the prompt. */
  after: string;
  /** Whole seconds from the prompt to the last word: a slow machine adds fractions. */
  seconds: number;
}

async function perform(id: string, number: string, other: string): Promise<Run> {
  const { agent, entry, ...stage } = await setStage(id, number, other);
  let text = "";
  const screen = new Screen({ write: (part) => void (text += part) });
  new Renderer(screen, stage.session, { showPrompts: true });
  const start = Date.now();
  await runUntilIdle(agent, stage.session, entry.prompt);
  const ended = stage.events.findLast(({ type }) => type === "run_ended");
  const seconds = Math.floor(((ended?.at ?? Date.now()) - start) / 1000);
  screen.endLine();
  let after = "";
  for (const line of entry.after ?? []) after += await typeAfter(line, agent, stage.session);
  // What a program leaves is what is there after its end.
  for (const extension of agent.extensions) await extension.stop?.();
  return { ...stage, text, after, seconds };
}

/** Runs of one page: each prompt runs once. */
export class Runs {
  readonly #runs = new Map<string, Promise<Run>>();

  /** A prompt of a chapter's card, given by its number; `other` names another chapter's card. */
  get(id = "", number = "", other = id): Promise<Run> {
    const key = `${id} ${number} ${other}`;
    const run = this.#runs.get(key) ?? perform(id, number, other);
    this.#runs.set(key, run);
    return run;
  }

  /** Removes the playgrounds. */
  async end(): Promise<void> {
    for (const run of await Promise.allSettled(this.#runs.values()))
      if (run.status === "fulfilled") await run.value.strike();
    this.#runs.clear();
  }
}

/** How long a call takes differs with the machine, and takes room on its line: here it is what the command sleeps. */
class SteadySession extends Session {
  readonly #slept = new Map<string, number>();

  override emit(event: AgentEvent): void {
    super.emit(this.#steady(event));
  }

  #steady(event: AgentEvent): AgentEvent {
    if (event.type === "subagent") return { ...event, event: this.#steady(event.event) };
    if (event.type === "tool_started") this.#slept.set(event.id, sleepIn(JSON.stringify(event.input ?? "")));
    if (event.type !== "tool_ended") return event;
    const slept = this.#slept.get(event.id) ?? 0;
    // In the background it sleeps after the call.
    return { ...event, durationMs: event.durationMs < slept ? 0 : slept };
  }
}

/** Milliseconds. */
function sleepIn(input: string): number {
  const seconds = [...input.matchAll(/\bsleep (\d+(?:\.\d+)?)/g)].map(([, written]) => Number(written));
  return 1_000 * seconds.reduce((sum, one) => sum + one, 0);
}
