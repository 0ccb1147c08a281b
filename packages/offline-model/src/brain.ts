// The offline model's brain: a list of intents, each a pattern and an episode (episode.ts), which is replayed
// against the conversation so far (replay.ts), so any client can drive it.
// It is not a language model and does not pretend to be one.
import type Anthropic from "@anthropic-ai/sdk";
import type { Episode, Intent, Situation } from "./episode.ts";
import { replay } from "./replay.ts";
import { say, type MessageRequest, type Reply, type Responder } from "./reply.ts";
import { spoken, Toolbox } from "./toolbox.ts";
import { offeredTools } from "./validate-tools.ts";
import { whatItKnows } from "./what-it-knows.ts";
import { hasResults, textsOf, wordsOf } from "./words.ts";

export { intent, only } from "./episode.ts";

/** What is added to the last words of an episode: given the conversation and the words, returns the words. */
export type Epilogue = (conversation: readonly Anthropic.MessageParam[], words: string) => string;

export function createBrain(intents: readonly Intent[], epilogue: Epilogue = (_, words) => words): Responder {
  return (request) => think(intents, epilogue, request);
}

function think(intents: readonly Intent[], epilogue: Epilogue, request: MessageRequest): Reply {
  const messages = request.messages.filter((message) => message.role !== "system");
  const asked = requestNote(messages.at(-1));
  if (asked?.startsWith("<continue-request>")) return goOn(intents, epilogue, { ...request, messages });
  const since = asked === undefined ? messages.slice(episodeStart(messages)) : messages.slice(-1);
  const { prompt, notes: firstNotes } = wordsOf(since[0]);
  const text = asked ?? (prompt || firstNotes.join("\n"));
  const tools = new Toolbox(offeredTools(request));
  const close = (words: string) => (asked === undefined ? epilogue(messages, words) : words);
  const episode = understood(intents, text);
  if (!episode) return { parts: [say(close(whatItKnows(text, intents, tools, messages)))] };
  const has = (tool: string) => tools.has(tool);
  const { reply, isDone, last } = replay(
    since,
    (notes) => episode({ has, notes, system: systemOf(request), conversation: messages }),
    (tool) => tools.nameOf(tool) ?? tool,
  );
  if (!isDone) return spoken(reply, tools, { asked: text, ...(last && { last }) });
  const words = reply.parts.map((part) => (part.type === "text" ? part.text : "")).join("");
  return { parts: [say(close(words))] };
}

function systemOf({ system = "" }: MessageRequest): string {
  return typeof system === "string" ? system : system.map(({ text }) => text).join("\n");
}

type Surroundings = Pick<Situation, "has" | "notes" | "system" | "conversation">;

/** What the first intent whose pattern fits would do; undefined if none fits. */
function understood(
  intents: readonly Intent[],
  request: string,
): ((surroundings: Surroundings) => Episode) | undefined {
  const prompt = plain(request);
  for (const { pattern, episode } of intents) {
    const match = pattern.exec(prompt);
    if (!match) continue;
    const commands = [...prompt.matchAll(/`([^`]+)`/g)].map((found) => found[1] ?? "");
    return (surroundings) =>
      episode({
        prompt,
        match,
        commands,
        as: (other) => understood(intents, other)?.(surroundings),
        ...surroundings,
      });
  }
  return undefined;
}

/** The request without the words of courtesy around it. */
function plain(request: string): string {
  if (request.startsWith("<")) return request;
  return request
    .trim()
    .replace(
      /^(?:(?:please|now|ok(?:ay)?|so|then|and|hey|(?:can|could|would|will) you|let'?s|let us|i (?:want|need) you to|i(?:'d| would) like you to)\b[ ,]*)+(?=\S)/i,
      "",
    )
    .replace(/[ ,]*\b(?:please|for me|thanks|thank you)[.!?]*$/i, "");
}

/** A note with which the harness asks for something itself, whatever the conversation is about. */
function requestNote(message: Anthropic.MessageParam | undefined): string | undefined {
  return wordsOf(message).notes.find((note) => /^<[a-z-]+-request>/.test(note));
}

/** The rest of the reply of which the last assistant message is the beginning. */
function goOn(intents: readonly Intent[], epilogue: Epilogue, request: MessageRequest): Reply {
  const written = textsOf(request.messages.at(-2)).join("");
  const reply = think(intents, epilogue, { ...request, messages: request.messages.slice(0, -2) });
  const [first, ...rest] = reply.parts.filter((part) => part.type !== "thinking");
  if (first?.type !== "text" || !first.text.startsWith(written)) return reply;
  return { ...reply, parts: [say(first.text.slice(written.length) || "."), ...rest] };
}

/** The last message with words of the user, or the later one with which the harness woke an idle model. */
function episodeStart(messages: readonly Anthropic.MessageParam[]): number {
  for (let index = messages.length - 1; index > 0; index--) {
    const message = messages[index];
    if (message?.role !== "user") continue;
    if (wordsOf(message).prompt !== "" || !hasResults(message)) return index;
  }
  return 0;
}
