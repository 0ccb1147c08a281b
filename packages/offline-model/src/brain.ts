// The offline model's brain: a list of intents, each a pattern and a generator that yields
// tool calls, receives their results and returns a text. It keeps no state: on each request
// the generator is replayed against the conversation so far, so any client can drive it.
// It is not a language model and does not pretend to be one.
import type Anthropic from "@anthropic-ai/sdk";
import { say, type MessageRequest, type Part, type Reply, type Responder } from "./reply.ts";
import { spoken, Toolbox } from "./toolbox.ts";
import { offeredTools } from "./validate-tools.ts";

/** What a tool call came back with. */
export interface Outcome {
  text: string;
  isError: boolean;
}

/** Yields one message's calls (and words); receives the outcomes of its calls; returns the closing text. */
export type Episode = Generator<Part | Part[], string, Outcome[]>;

export interface Situation {
  /** The user's words, or the harness's note where no user spoke. */
  prompt: string;
  match: RegExpExecArray;
  /** What stands between backticks in the prompt. */
  commands: string[];
  /** Whether the client offers this tool. */
  has(tool: string): boolean;
  /** The notes that the harness injected since the prompt, or with it. */
  notes(): string[];
  /** All messages of the request. */
  conversation: readonly Anthropic.MessageParam[];
}

export interface Intent {
  pattern: RegExp;
  /** The tool without which it makes no sense to suggest this. */
  needs?: string;
  /** Shown to a user whose request was not understood; undefined for notes of the harness. */
  example?: string;
  episode(situation: Situation): Episode;
}

export function intent(
  pattern: RegExp,
  episode: Intent["episode"],
  example?: string,
  needs?: string,
): Intent {
  return {
    pattern,
    episode,
    ...(example !== undefined && { example }),
    ...(needs !== undefined && { needs }),
  };
}

/** Text that the harness injected stands in a tag; what a user types does not. */
const NOTE = /^<([a-z][a-z-]*)>[\s\S]*<\/\1>\s*$/;

export function createBrain(intents: readonly Intent[]): Responder {
  return (request) => think(intents, request);
}

function think(intents: readonly Intent[], request: MessageRequest): Reply {
  const messages = request.messages.filter((message) => message.role !== "system");
  const asked = requestNote(messages.at(-1));
  if (asked?.startsWith("<continue-request>")) return goOn(intents, { ...request, messages });
  const since = asked === undefined ? messages.slice(episodeStart(messages)) : messages.slice(-1);
  const { prompt, notes: firstNotes } = wordsOf(since[0]);
  const text = asked ?? (prompt || firstNotes.join("\n"));
  const tools = new Toolbox(offeredTools(request));
  for (const { pattern, episode } of intents) {
    const match = pattern.exec(text);
    if (!match) continue;
    const reply = replay(since, (notes) =>
      episode({
        prompt: text,
        match,
        commands: [...text.matchAll(/`([^`]+)`/g)].map((found) => found[1] ?? ""),
        has: (tool) => tools.has(tool),
        notes,
        conversation: messages,
      }),
    );
    return spoken(reply, tools, since.length === 1 ? text : undefined);
  }
  const examples = intents.flatMap(({ example, needs }) =>
    example && (needs === undefined || tools.has(needs)) ? [`  ${example}`] : [],
  );
  return {
    parts: [
      say(
        [
          "I am the offline model: a script, not a language model, and I do not understand that request. I can do things like these:",
          ...examples,
          "For anything else, set ANTHROPIC_API_KEY (see .env.example).",
        ].join("\n"),
      ),
    ],
  };
}

/** A note with which the harness asks for something itself, whatever the conversation is about. */
function requestNote(message: Anthropic.MessageParam | undefined): string | undefined {
  return wordsOf(message).notes.find((note) => /^<[a-z-]+-request>/.test(note));
}

/** The rest of the reply of which the last assistant message is the beginning. */
function goOn(intents: readonly Intent[], request: MessageRequest): Reply {
  const written = textsOf(request.messages.at(-2)).join("");
  const reply = think(intents, { ...request, messages: request.messages.slice(0, -2) });
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

function hasResults(message: Anthropic.MessageParam): boolean {
  return typeof message.content !== "string" && message.content.some((block) => block.type === "tool_result");
}

function textsOf(message: Anthropic.MessageParam | undefined): string[] {
  const content = message?.content ?? [];
  if (typeof content === "string") return [content];
  return content.flatMap((block) => (block.type === "text" ? [block.text] : []));
}

function wordsOf(message: Anthropic.MessageParam | undefined): { prompt: string; notes: string[] } {
  const texts = textsOf(message);
  return {
    // The last one: a prompt whose turn failed stands before its successor in the same message.
    prompt:
      texts
        .filter((text) => !NOTE.test(text))
        .at(-1)
        ?.trim() ?? "",
    notes: texts.filter((text) => NOTE.test(text)),
  };
}

function replay(since: readonly Anthropic.MessageParam[], begin: (notes: () => string[]) => Episode): Reply {
  let notes: string[] = wordsOf(since[0]).notes;
  const episode = begin(() => notes);
  let step = episode.next();
  for (let index = 1; index < since.length && !step.done; index += 2) {
    const results = since[index + 1];
    notes = [...notes, ...wordsOf(results).notes];
    step = episode.next(outcomesOf(results));
  }
  if (step.done) return { parts: [say(step.value)] };
  return { parts: Array.isArray(step.value) ? step.value : [step.value] };
}

function outcomesOf(message: Anthropic.MessageParam | undefined): Outcome[] {
  const content = message?.content ?? [];
  if (typeof content === "string") return [];
  return content.flatMap((block) => {
    if (block.type !== "tool_result") return [];
    const text =
      typeof block.content === "string"
        ? block.content
        : (block.content ?? []).map((part) => (part.type === "text" ? part.text : "")).join("");
    return [{ text, isError: block.is_error ?? false }];
  });
}

/** The one outcome of an episode that asked for one call. */
export function only(outcomes: readonly Outcome[]): Outcome {
  return outcomes[0] ?? { text: "(no result)", isError: true };
}
