// The summary: what is asked of the model, and the conversation that goes on from it.
// Its rules: a tool call and its result stay together, and user and assistant go on taking turns.
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
Summarise the conversation so far, so that you can go on from your summary alone. Give: what was asked; what was done and
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
  const note: Anthropic.TextBlockParam = { type: "text", text: summaryRequest(focus) };
  const last = messages.at(-1);
  const asked: Message[] =
    last?.role === "user"
      ? [...messages.slice(0, -1), { role: "user", content: [...blocksOf(last), note] }]
      : [...messages, { role: "user", content: [note] }];
  const fork = session.fork("summary");
  try {
    const reply = await call({
      params: { ...params, max_tokens: maxTokens, messages: asked },
      session: fork,
    });
    const text = textOf(reply.content).trim();
    if (reply.stop_reason === "max_tokens") throw new Error("the summary was cut off");
    if (reply.stop_reason !== "end_turn") throw new Error(`there is no summary (${reply.stop_reason})`);
    if (text === "") throw new Error("the summary is empty");
    return text;
  } finally {
    fork.close();
  }
}

/** The block that stands for what was left out. A summary cannot close it. */
export function renderSummary(summary: string, count: number, file: string, requests: string): string {
  return `<conversation-summary>
${count} messages were left out to save room. They are in ${file}, one a line.
${requests}${summary.replaceAll("</conversation-summary>", "")}
</conversation-summary>`;
}

/** Earlier requests word for word: the first, and of the others the newest that fit into so many characters. */
export function verbatim([first, ...others]: readonly string[], characters: number, file: string): string {
  if (first === undefined) return "";
  const goal = upTo(first, characters, file);
  let room = characters - goal.length;
  const kept = others.reverse().filter((request) => (room -= request.length) >= 0);
  const lines = [goal, ...kept.reverse()].map((request) => `<earlier-request>${request}</earlier-request>`);
  return `What the user asked before, word for word:\n${lines.join("\n")}\n`;
}

/** A request word for word, or as much of it as fits, and where the rest is. */
export function upTo(request: string, characters: number, file: string): string {
  if (request.length <= characters) return request;
  const left = (request.length - characters).toLocaleString("en");
  return `${request.slice(0, characters).toWellFormed()}\n[${left} more characters, in ${file}]`;
}

/** The conversation that goes on: the summary, the request under way in the user's own words, the last turns. */
export function continueFrom(
  summary: string,
  request: string | undefined,
  tail: readonly Message[],
): Message[] {
  const isInTail = tail.some((message) =>
    blocksOf(message).some((block) => "text" in block && block.text === request),
  );
  const head: Anthropic.ContentBlockParam[] = [{ type: "text", text: summary }];
  if (request !== undefined && !isInTail) head.push({ type: "text", text: request });
  const [first, ...rest] = tail;
  if (first?.role === "user") return [{ role: "user", content: [...head, ...blocksOf(first)] }, ...rest];
  return [{ role: "user", content: head }, ...tail];
}
