// What every request held, from the events alone: a trace is the whole conversation, and a player, a replay or
// a bug report can start from it.
import type Anthropic from "@anthropic-ai/sdk";
import type { AgentEvent, TracedRequest } from "./events.ts";

interface State {
  prefix: { system: unknown; tools: readonly Anthropic.Tool[] | undefined };
  deferred: readonly Anthropic.Tool[];
  messages: Anthropic.MessageParam[];
  forks: Map<number, State>;
}

const newState = (): State => ({
  prefix: { system: undefined, tools: undefined },
  deferred: [],
  messages: [],
  forks: new Map(),
});

/** The bodies of all requests, those of forks too, in the order in which they were sent. */
export function rebuildRequests(events: Iterable<AgentEvent>): Record<string, unknown>[] {
  const main = newState();
  return [...events].map((event) => follow(main, event)).filter((request) => request !== undefined);
}

function follow(state: State, event: AgentEvent): Record<string, unknown> | undefined {
  switch (event.type) {
    case "prefix":
      state.prefix = { system: event.system, tools: event.tools };
      return undefined;
    case "deferred_tools":
      state.deferred = event.tools;
      return undefined;
    case "appended": {
      const known = state.messages[event.message];
      const before = typeof known?.content === "object" ? known.content : [];
      state.messages[event.message] = { role: event.role, content: [...before, ...event.blocks] };
      return undefined;
    }
    case "edited":
      state.messages = [...state.messages.slice(0, event.from), ...event.messages];
      return undefined;
    case "cleared":
      state.messages = [];
      return undefined;
    case "model_started":
      return bodyOf(state, event.request);
    case "subagent": {
      const fork = state.forks.get(event.id) ?? newState();
      state.forks.set(event.id, fork);
      return follow(fork, event.event);
    }
    default:
      return undefined;
  }
}

function bodyOf(state: State, request: TracedRequest): Record<string, unknown> {
  const { count, added } = request.messages;
  const entries = Object.entries(request).map(([name, value]) => {
    if (name === "messages") return [name, [...state.messages.slice(0, count), ...added]];
    if (isFromPrefix(value)) return [name, name === "system" ? state.prefix.system : toolsOf(state)];
    return [name, value];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}

function toolsOf({ prefix, deferred }: State): readonly Anthropic.Tool[] | undefined {
  return prefix.tools && [...prefix.tools, ...deferred];
}

function isFromPrefix(value: unknown): boolean {
  return typeof value === "object" && value !== null && "from" in value && value.from === "prefix";
}
