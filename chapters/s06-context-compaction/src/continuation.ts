// The conversation that continues after a summary: the summary, the user's requests word for word, the last turns.
import type Anthropic from "@anthropic-ai/sdk";
import { blocksOf, type Message } from "@course/runtime";

/** The summary and the request under way, put before the last turns. User and assistant go on taking turns. */
export function continueFrom(
  summary: string,
  request: string | undefined,
  tail: readonly Message[],
): Message[] {
  const head: Anthropic.ContentBlockParam[] = [{ type: "text", text: summary }];
  if (request !== undefined && !holds(tail, request)) head.push({ type: "text", text: request });
  const [first, ...rest] = tail;
  if (first?.role === "user") return [{ role: "user", content: [...head, ...blocksOf(first)] }, ...rest];
  return [{ role: "user", content: head }, ...tail];
}

function holds(messages: readonly Message[], text: string): boolean {
  return messages.flatMap(blocksOf).some((block) => "text" in block && block.text === text);
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
