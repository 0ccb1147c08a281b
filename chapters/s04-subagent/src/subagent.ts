// A subagent: the same loop on an empty conversation. A question goes in, its last words come out,
// and what it read on the way stays behind. Not covered: a subagent cannot be asked again (s15's
// teammates can), and two that write the same file are not kept apart (s18).
import {
  contextTokens,
  defineAgent,
  run,
  textOf,
  type Agent,
  type Extension,
  type Session,
} from "@course/runtime";

const MAX_TURNS = 20;

/** Stop reasons after which what it has is not all. */
const ENDINGS: Readonly<Record<string, SubagentReport["ending"]>> = {
  max_turns: "max_turns",
  max_tokens: "cut_off",
  model_context_window_exceeded: "cut_off",
};

const INSTRUCTIONS = `You are a subagent: you work alone on one question of another agent.
It reads nothing but your last message, so put the whole answer there, and be brief.
You cannot ask back and cannot start subagents.`;

/**
 * What a subagent came back with.
 *
 * @record In memory, gone with the program
 */
export interface SubagentReport {
  /** A name of a few words. */
  description: string;
  ending: "completed" | "max_turns" | "cut_off" | "failed" | "interrupted";
  /** Its last words; where it did not finish, the last that it wrote. */
  answer: string;
  /** Why it did not finish; undefined if it did. */
  problem?: string | undefined;
  modelCalls: number;
  /** Tokens of its conversation at the end: what the parent would hold had it done the work itself. */
  contextTokens: number;
}

/** Answers a prompt in a conversation of its own. Never rejects: whatever goes wrong is in the report. */
export async function runSubagent(
  parent: Agent,
  session: Session,
  { description, prompt }: { description: string; prompt: string },
): Promise<SubagentReport> {
  const child = session.fork(description);
  let problem: string | undefined;
  child.on((event) => {
    if (event.type === "error" || event.type === "notice") problem = event.message;
  });
  const outcome = await run(childOf(parent), child, prompt);
  const ending = ENDINGS[outcome.stopReason] ?? outcome.ending;
  child.close();
  const { last, turns } = child.usage;
  return {
    description,
    ending,
    answer: ending === "completed" ? outcome.answer.trim() : lastWords(child),
    problem: ending === "completed" ? undefined : problem,
    modelCalls: turns,
    contextTokens: last ? contextTokens(last) : 0,
  };
}

/** The parent's own tools, without those of its extensions; but what guards the parent guards the child. */
function childOf(parent: Agent): Agent {
  return defineAgent({
    name: `${parent.name}-subagent`,
    instructions: INSTRUCTIONS,
    tools: parent.tools,
    extensions: parent.extensions.map(guards),
    maxTurns: MAX_TURNS,
  });
}

/** An extension's wrappers (hooks, permissions, recovery) without its tools and notes, which are the parent's. */
export function guards(extension: Extension): Extension {
  const { name, order, beforeStop, wrapModelCall, wrapToolCall } = extension;
  return {
    name,
    ...(order !== undefined && { order }),
    ...(beforeStop && { beforeStop: beforeStop.bind(extension) }),
    ...(wrapModelCall && { wrapModelCall: wrapModelCall.bind(extension) }),
    ...(wrapToolCall && { wrapToolCall: wrapToolCall.bind(extension) }),
  };
}

function lastWords(session: Session): string {
  const texts = session.messages.flatMap(({ role, content }) =>
    role === "assistant" ? [textOf(content).trim()] : [],
  );
  return texts.findLast((text) => text !== "") ?? "";
}
