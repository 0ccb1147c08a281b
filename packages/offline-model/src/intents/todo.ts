// Plans (s03). Without the tool the same steps are done, and nothing shows how far they are.
import { intent, only, type Episode, type Intent, type Situation } from "../brain.ts";
import { call, type CallPart } from "../reply.ts";
import { contentFor, writeCall } from "./files.ts";

function steps({ match }: Situation): string[] {
  return (match[1] ?? "").split(/, (?:and )?/).map((step) => step.trim());
}

/** "create a.md" and "run `ls`" as tool calls. */
function callFor(situation: Situation, step: string): CallPart {
  const path = /^create (\S+)/i.exec(step)?.[1];
  if (path !== undefined) return writeCall(situation, path, contentFor(path));
  return call("bash", { command: step.replace(/^run /i, "").replaceAll("`", "") });
}

function list(all: readonly string[], done: number): CallPart {
  const status = (index: number) => (index < done ? "completed" : index === done ? "in_progress" : "pending");
  return call("todo", { items: all.map((content, index) => ({ content, status: status(index) })) });
}

function* planAndDo(situation: Situation): Episode {
  const all = steps(situation);
  if (situation.has("todo")) yield list(all, 0);
  for (const [index, step] of all.entries()) {
    const outcome = only(yield callFor(situation, step));
    if (outcome.isError) return `I stopped at "${step}": ${outcome.text}`;
    if (situation.has("todo")) yield list(all, index + 1);
  }
  return `All ${all.length} steps are done.`;
}

function* planAndForget(situation: Situation): Episode {
  const all = steps(situation);
  if (!situation.has("todo")) return "I have no todo tool in this chapter.";
  yield list(all, 0);
  for (const step of all) yield callFor(situation, step);
  const reminded = situation.notes().some((note) => note.startsWith("<reminder>"));
  if (!reminded) return "Done, and the plan still says that nothing is.";
  yield list(all, all.length);
  return `Done. I was reminded of the plan, and it is true again.`;
}

function* twoAtOnce({ has }: Situation): Episode {
  if (!has("todo")) return "I have no todo tool in this chapter.";
  const items = ["one", "two"].map((content) => ({ content, status: "in_progress" }));
  return only(yield call("todo", { items })).text;
}

export const todoIntents: Intent[] = [
  intent(/^plan and do: (.+?)\.?$/is, planAndDo, "Plan and do: create notes/one.md, run `ls notes`"),
  intent(/^plan, then forget the plan: (.+?)\.?$/is, planAndForget),
  intent(/^write a plan with two steps in progress/i, twoAtOnce),
];
