// Asks the model for a summary. Its answer is used only if it is whole.
import type Anthropic from "@anthropic-ai/sdk";
import {
  blocksOf,
  textOf,
  type Message,
  type ModelCall,
  type RequestParams,
  type Session,
} from "@course/runtime";

function summaryRequest(focus: string): string {
  return `<summary-request>
Summarise the conversation so far, so that you can continue from your summary alone. Give: what was asked; what was done and
found, with exact names of files, commands and values; what was decided and why; what is under way; what is left.
${focus === "" ? "" : `Above all, keep: ${focus}\n`}Answer with the summary alone, and call no tools.
</summary-request>`;
}

/** Asks for a summary, in a request whose prefix the cache still holds. Rejects if there is none that is whole. */
export async function askForSummary(
  session: Session,
  params: RequestParams,
  messages: readonly Message[],
  { focus, maxTokens, call }: { focus: string; maxTokens: number; call: ModelCall },
): Promise<string> {
  const fork = session.fork("summary");
  try {
    const asked = { ...params, max_tokens: maxTokens, messages: withNote(messages, summaryRequest(focus)) };
    return wholeSummary(await call({ params: asked, session: fork }));
  } finally {
    fork.close();
  }
}

/** The messages with a text at their end: in the user's last message, or in one of its own. */
function withNote(messages: readonly Message[], text: string): Message[] {
  const note: Anthropic.TextBlockParam = { type: "text", text };
  const last = messages.at(-1);
  if (last?.role !== "user") return [...messages, { role: "user", content: [note] }];
  return [...messages.slice(0, -1), { role: "user", content: [...blocksOf(last), note] }];
}

/** The text of a reply that is a summary from its beginning to its end. Throws an Error if it is none. */
function wholeSummary({ content, stop_reason }: Anthropic.Message): string {
  if (stop_reason === "max_tokens") throw new Error("the summary was cut off");
  if (stop_reason !== "end_turn") throw new Error(`there is no summary (${stop_reason})`);
  const text = textOf(content).trim();
  if (text === "") throw new Error("the summary is empty");
  return text;
}
