// Questions about this conversation: what a command printed, what is left, what was asked. They are answered from
// the messages; where compaction took a result out, from the file that it names.
import {
  failed,
  failureOf,
  intent,
  known,
  only,
  type Closing,
  type Episode,
  type Intent,
  type Outcome,
  type Situation,
  type Work,
} from "../episode.ts";
import { call } from "../reply.ts";
import { exchangesOf, wordsOf } from "../words.ts";
import { endedTasks, lineOf } from "./background-results.ts";
import { bash, count, quoted, shortened, unquoted, withoutNotes } from "./calls.ts";

interface Made {
  name: string;
  input: Record<string, unknown>;
  outcome: Outcome;
}

/** The calls so far, oldest first. */
function callsSoFar({ conversation }: Situation): Made[] {
  return exchangesOf(conversation).flatMap(({ calls, outcomes }) =>
    calls.flatMap(({ name, input }, index) => {
      const outcome = outcomes[index];
      return outcome ? [{ name, input: (input ?? {}) as Record<string, unknown>, outcome }] : [];
    }),
  );
}

/** Calls of earlier requests: what this one makes is no answer to it. */
function earlier(situation: Situation): Situation {
  const from = situation.conversation.findLastIndex(
    (message) => message.role === "user" && wordsOf(message).prompt !== "",
  );
  return { ...situation, conversation: situation.conversation.slice(0, Math.max(0, from)) };
}

function* whatPrinted(situation: Situation): Episode {
  const what = unquoted(situation.match[1] ?? "").replace(/^the command /i, "");
  const ended = situation.conversation
    .flatMap((message) => wordsOf(message).notes.flatMap(endedTasks))
    .findLast((task) => task.id === what || isAbout(task.command, what));
  const calls = callsSoFar(earlier(situation));
  const made =
    calls.findLast(({ input }) => subjectOf(input) === what) ??
    calls.findLast(({ input }) => isAbout(subjectOf(input), what));
  if (ended && (!made || made.name === "background_run")) return lineOf(ended);
  if (!made) return yield* fromSummary(situation, what);
  const command = subjectOf(made.input);
  if (made.name === "background_run")
    return `${command} has not ended yet, as far as I was told: ${made.outcome.text}`;
  if (made.outcome.isLost) return yield* fromFile(situation, command, made.outcome.text);
  return `${command} printed:\n${shortened(withoutNotes(made.outcome) || "nothing", 30)}${endOf(made.outcome)}`;
}

/** What a call was about: its command, or its file. */
function subjectOf(input: Record<string, unknown>): string {
  const subject = input["command"] ?? input["file_path"];
  return typeof subject === "string" ? subject : "";
}

function endOf(outcome: Outcome): string {
  const why = failureOf(outcome);
  return why === undefined ? "" : `\nand failed (${why}).`;
}

function commandOf(what: string): string {
  return what === "the tests" || what === "tests" ? "npm test" : what;
}

function isAbout(command: string, what: string): boolean {
  const words = commandOf(what);
  return command === words || command.split(/\s+/).includes(words) || command.includes(words);
}

/** A summary holds what it was told to keep, and names the file that holds the rest. */
function* fromSummary(situation: Situation, what: string): Work<Closing> {
  const all = [...situation.notes(), ...situation.conversation.flatMap((message) => wordsOf(message).notes)];
  const summaries = all.filter((note) => note.startsWith("<conversation-summary>"));
  const kept = summaries
    .flatMap((note) => [...note.matchAll(/^- `(.+?)` printed: ([\s\S]*?)(?=\n- |\nRead up|\n<\/)/gm)])
    .findLast(([, command = ""]) => isAbout(command, what));
  if (kept) return `By the summary, ${kept[1]} printed:\n${kept[2]}`;
  const file = summaries.flatMap((note) => /They are in (\S+), one a line/.exec(note)?.[1] ?? []).at(-1);
  if (file === undefined) return failed(`Nothing that I can see in this conversation ran "${what}".`);
  const command = commandOf(what);
  const call = `"command":${JSON.stringify(command)}`;
  const found = only(yield bash(`grep -nF ${quoted(call)} ${quoted(file)} | tail -n 1 | cut -d: -f1`));
  const line = Number(/^(\d+)\s*$/.exec(found.text)?.[1]);
  if (line > 0) return yield* fromTranscript(situation, command, file, line);
  return failed(`I find no command "${command}", neither here nor in what was left out (${file}).`);
}

/** The placeholder names the file and the line where the result is whole; its call is in the line before. */
function* fromFile(situation: Situation, command: string, placeholder: string): Work<Closing> {
  const [, file, line] = /in full in (\S+), line (\d+)/.exec(placeholder) ?? [];
  if (file === undefined || line === undefined)
    return failed(`The result of ${command} was taken out of this conversation: ${placeholder}`);
  return yield* fromTranscript(situation, command, file, Number(line) - 1);
}

/** Reads two lines of a transcript: the reply with the call, and the results. */
function* fromTranscript({ has }: Situation, command: string, file: string, line: number): Work<Closing> {
  const outcome = yield* known(
    has("read_file")
      ? call("read_file", { file_path: file, offset: line, limit: 2 })
      : bash(`sed -n ${line},${line + 1}p ${quoted(file)}`),
  );
  const result = resultIn(outcome.text, command);
  if (result === undefined)
    return failed(`What ${command} printed is in ${file}, line ${line + 1}; I could not read it there.`);
  return `${command} printed (from ${file}, line ${line + 1}):\n${shortened(result, 30)}`;
}

interface TranscriptLine {
  content: Record<string, unknown>[];
}

/** What the call in the first line came back with, in the second; undefined where they are not two whole messages. */
function resultIn(text: string, command: string): string | undefined {
  try {
    const [reply, results] = text
      .split("\n")
      .slice(0, 2)
      .map((line) => JSON.parse(line) as TranscriptLine);
    const made = reply?.content.findLast(
      ({ input }) => subjectOf((input ?? {}) as Record<string, unknown>) === command,
    );
    const result = results?.content.find((block) => made && block["tool_use_id"] === made["id"]);
    return typeof result?.["content"] === "string" ? result["content"] : undefined;
  } catch {
    return undefined;
  }
}

/** The board, if there is one; else the last plan of this conversation; else what git has not in a commit. */
function* whatIsLeft(situation: Situation): Episode {
  const { has } = situation;
  if (has("task_list")) return `The board:\n${only(yield call("task_list")).text}`;
  const plan = callsSoFar(situation).findLast(({ name, outcome }) => name === "todo" && !outcome.isError);
  if (plan) return leftOf(plan.input["items"]);
  if (has("check_background")) return `In the background:\n${only(yield call("check_background")).text}`;
  return "There is no plan in this conversation, so nothing that I know of.";
}

function leftOf(items: unknown): string {
  const all = (Array.isArray(items) ? items : []) as { content: string; status: string }[];
  const open = all.filter(({ status }) => status !== "completed");
  if (open.length === 0) return `Nothing: all ${all.length} steps of the plan are done.`;
  return `${open.length} of ${count(all.length, "step")}:\n${open.map(({ content, status }) => `- ${content}${status === "in_progress" ? " (under way)" : ""}`).join("\n")}`;
}

function* again(situation: Situation): Episode {
  const last = callsSoFar(earlier(situation)).findLast(({ input }) => typeof input["command"] === "string");
  if (!last) return failed("I have run no command in this conversation.");
  const command = String(last.input["command"]);
  const outcome = only(yield bash(command));
  const told = `${command}:\n${shortened(outcome.text)}`;
  return failureOf(outcome) === undefined ? told : failed(told);
}

// eslint-disable-next-line require-yield
function* whatWasDone(situation: Situation): Episode {
  const made = callsSoFar(situation);
  if (made.length === 0) return "Nothing yet: I have called no tool in this conversation that I can see.";
  const lines = made.slice(-10).map(({ name, input, outcome }) => {
    const what = subjectOf(input) || JSON.stringify(input);
    const why = failureOf(outcome);
    return `- ${name} ${what.split("\n")[0]}${why === undefined ? "" : ` (${why})`}`;
  });
  return `${count(made.length, "call")} so far${made.length > 10 ? "; the last ten" : ""}:\n${lines.join("\n")}`;
}

export const recallIntents: Intent[] = [
  intent(
    /^what (?:did|has) (.+?) (?:print|printed|say|said|output|return|returned|show|shown|write|written)\??$/i,
    whatPrinted,
    "What did pwd print?",
  ),
  intent(/^(?:what was|show(?: me)?(?: again)?) the (?:output|result) of (.+?)\??$/i, whatPrinted),
  intent(
    /^(?:what(?:'s| is) (?:left|missing|open|next|still to do|to do)|what remains|how far are (?:you|we)|(?:show|what is)(?: me)? the plan|are (?:you|we) done)\b.*/i,
    whatIsLeft,
    "What is left?",
  ),
  intent(
    /^(?:(?:run|do|try) (?:it|that|this|the last command) again|again|once more|repeat(?: it| that)?)[.!]?$/i,
    again,
    "Run it again",
  ),
  intent(/^what (?:have|did) you (?:do|done)(?: so far)?\b.*/i, whatWasDone, "What have you done so far?"),
];
