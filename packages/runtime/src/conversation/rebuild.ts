// What every request held, from the events alone: a trace is the whole conversation, and a player, a replay or
// a bug report can start from it. A conversation that is taken up again is built in the same way.
import type Anthropic from "@anthropic-ai/sdk";
import { blocksOf, withoutThinking, type Message, type Prefix } from "./message.ts";
import type { AgentEvent, TracedRequest } from "./events.ts";

/** A conversation as its events tell it. */
export interface Told {
  prefix?: Prefix;
  /** The tools behind the prefix (s19). */
  deferred: readonly Anthropic.Tool[];
  messages: Message[];
  /** Whether the beginning was edited, and nothing was said to the new one yet: its prefix is made anew. */
  prefixIsStale: boolean;
}

interface State extends Told {
  forks: Map<number, State>;
}

export const nothingTold = (): Told => ({ deferred: [], messages: [], prefixIsStale: false });

const newState = (): State => ({ ...nothingTold(), forks: new Map() });

/** The bodies of all requests, those of forks too, in the order in which they were sent. */
export function rebuildRequests(events: Iterable<AgentEvent>): Record<string, unknown>[] {
  const main = newState();
  return [...events].map((event) => follow(main, event)).filter((request) => request !== undefined);
}

/** What the conversation is after this event. An event that says nothing about it changes nothing. */
export function tell(told: Told, event: AgentEvent): void {
  switch (event.type) {
    case "prefix":
      // Thoughts are bound to the prefix before. The edit that leaves them out is the next event, and may be missing.
      if (told.prefix) told.messages = told.messages.map(withoutThinking);
      told.prefix = { system: event.system, tools: [...event.tools] };
      told.prefixIsStale = false;
      return;
    case "deferred_tools":
      told.deferred = event.tools;
      return;
    case "appended": {
      const known = told.messages[event.message];
      const before = known ? blocksOf(known) : [];
      told.messages[event.message] = { role: event.role, content: [...before, ...event.blocks] };
      if (event.role === "assistant") told.prefixIsStale = false;
      return;
    }
    case "edited":
      told.messages.splice(event.from, Infinity, ...event.messages);
      if (event.from === 0) told.prefixIsStale = true;
      return;
    case "cleared":
      Object.assign(told, { prefix: undefined, deferred: [], messages: [], prefixIsStale: false });
      return;
    default:
  }
}

function follow(state: State, event: AgentEvent): Record<string, unknown> | undefined {
  switch (event.type) {
    case "model_started":
      return bodyOf(state, event.request);
    case "subagent": {
      const fork = state.forks.get(event.id) ?? newState();
      state.forks.set(event.id, fork);
      return follow(fork, event.event);
    }
    default:
      tell(state, event);
      return undefined;
  }
}

function bodyOf(state: State, request: TracedRequest): Record<string, unknown> {
  const { count, added } = request.messages;
  const entries = Object.entries(request).map(([name, value]) => {
    if (name === "messages") return [name, [...state.messages.slice(0, count), ...added]];
    if (isFromPrefix(value)) return [name, name === "system" ? state.prefix?.system : toolsOf(state)];
    return [name, value];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}

function toolsOf({ prefix, deferred }: State): readonly Anthropic.Tool[] | undefined {
  return prefix && [...prefix.tools, ...deferred];
}

function isFromPrefix(value: unknown): boolean {
  return typeof value === "object" && value !== null && "from" in value && value.from === "prefix";
}
