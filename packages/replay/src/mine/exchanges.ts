// The requests of a trace and what was answered to each, and a model that answers so again. A conversation is known by how
// it begins, so that those of subagents get their own replies, in whatever order they ask.
import type Anthropic from "@anthropic-ai/sdk";
import {
  ModelServer,
  raw,
  say,
  think,
  type MessageRequest,
  type Part,
  type Reply,
} from "@course/offline-model/test";
import { Player } from "@course/player";
import type { AgentEvent, StampedEvent } from "@course/runtime";
import { at } from "../json.ts";
import { steady } from "./steady.ts";

export interface Exchange {
  /** The conversation's key: "main", or as in "fork 2". */
  owner: string;
  body: Record<string, unknown>;
  /** Undefined where no reply arrived. */
  reply: Reply | undefined;
}

type Inner = Exclude<AgentEvent, { type: "subagent" }>;

export function exchangesOf(events: readonly StampedEvent[]): Exchange[] {
  const player = new Player(events);
  const open = new Map<string, { exchange: Exchange; stopReason: Anthropic.StopReason | null }>();
  const exchanges: Exchange[] = [];
  for (const [index, event] of events.entries()) {
    const inner = innermost(event);
    const { owner } = player.frame(index);
    if (inner.type === "model_started") {
      const exchange = { owner, body: player.nextRequest(index, owner)?.body ?? {}, reply: undefined };
      open.set(owner, { exchange, stopReason: null });
      exchanges.push(exchange);
    }
    const current = open.get(owner);
    if (!current) continue;
    if (inner.type === "model_ended") current.stopReason = inner.stopReason;
    if (inner.type !== "appended" || inner.role !== "assistant") continue;
    const { stopReason } = current;
    current.exchange.reply = { parts: inner.blocks.flatMap(partsOf), ...(stopReason && { stopReason }) };
    open.delete(owner);
  }
  return exchanges;
}

function innermost(event: AgentEvent): Inner {
  return event.type === "subagent" ? innermost(event.event) : event;
}

/** A thought is said again and signed anew: it is bound to what the learner sends. Calls keep their ids. */
function partsOf(block: Anthropic.ContentBlockParam): Part[] {
  if (block.type === "text") return [say(block.text)];
  if (block.type === "thinking") return [think(block.thinking)];
  return block.type === "redacted_thinking" ? [] : [raw({ ...block })];
}

/** Answers as it was answered before. Where the trace has no reply left, it says so and ends the run. */
export function startRecordedModel(exchanges: readonly Exchange[], folder: string): Promise<ModelServer> {
  const left = exchanges.filter(({ reply }) => reply !== undefined);
  const respond = (request: MessageRequest): Reply => {
    const beginning = beginningOf(request, folder);
    const same = left.findIndex(({ body }) => beginningOf(body, folder) === beginning);
    const [next] = left.splice(Math.max(0, same), 1);
    return next?.reply ?? { parts: [say("(The trace has no reply to this request.)")] };
  };
  return ModelServer.start({ respond });
}

function beginningOf(body: object, folder: string): string {
  const messages = at(body, "messages");
  return JSON.stringify(steady(Array.isArray(messages) ? messages[0] : null, [folder]));
}
