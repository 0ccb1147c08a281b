// Plans (s03). Without the tool the same steps are done, and nothing shows how far they are. A step is done only
// when its work succeeded, and what is no work that this script knows is never given to a shell.
import {
  failed,
  intent,
  only,
  type Closing,
  type Episode,
  type Intent,
  type Situation,
  type Work,
} from "../episode.ts";
import { call, type CallPart } from "../reply.ts";
import { splitSteps } from "./dependencies.ts";

/** The call that writes a plan of which so many steps are done. */
export function planOf(all: readonly string[], done: number): CallPart {
  const status = (index: number) => (index < done ? "completed" : index === done ? "in_progress" : "pending");
  return call("todo", { items: all.map((content, index) => ({ content, status: status(index) })) });
}

function* planAndDo(situation: Situation): Episode {
  const all = splitSteps(situation.match[1] ?? "");
  const tick = situation.has("todo") ? planOf : undefined;
  if (tick) yield tick(all, 0);
  const problem = yield* doAll(situation, all, tick);
  return problem === undefined ? `All ${all.length} steps are done.` : failed(problem);
}

// eslint-disable-next-line require-yield
function* unknownStep(): Episode {
  return failed("I am a script and do not know how to do that.");
}

/** Does the steps in their order, and ticks off those that are done. Why it stopped early; undefined if it did not. */
function* doAll({ as }: Situation, all: readonly string[], tick?: typeof planOf): Work<string | undefined> {
  for (const [index, step] of all.entries()) {
    const closing = yield* as(step) ?? unknownStep();
    if (typeof closing !== "string")
      return `I stopped at step ${index + 1} of ${all.length}, "${step}": ${closing.failed}`;
    if (tick) yield tick(all, index + 1);
  }
  return undefined;
}

/** More calls than this on one step, and it has lost sight of the others: a model at the end of a long window. */
const LONG_STEP = 4;

/** As a model that loses the thread: after a long step it goes on only if a reminder has brought the others back. */
function* doUntilLost(situation: Situation): Episode {
  const all = splitSteps(situation.match[1] ?? "");
  const plan = situation.has("todo") ? planOf : undefined;
  if (plan) yield plan(all, 0);
  for (const [index, step] of all.entries()) {
    const { closing, calls } = yield* counted(situation.as(step) ?? unknownStep());
    if (typeof closing !== "string") return failed(`I stopped at "${step}": ${closing.failed}`);
    const isReminded = situation.notes().some((note) => note.startsWith("<reminder>"));
    if (calls > LONG_STEP && !isReminded) return closing;
    if (plan) yield plan(all, index + 1);
  }
  return `All ${all.length} steps are done.`;
}

/** The work, and how many replies with calls it took. */
function* counted(work: Episode): Work<{ closing: Closing; calls: number }> {
  let calls = 0;
  let next = work.next();
  for (; !next.done; calls++) next = work.next(yield next.value);
  return { closing: next.value, calls };
}

function* planAndForget(situation: Situation): Episode {
  const all = splitSteps(situation.match[1] ?? "");
  if (!situation.has("todo")) return failed("I have no todo tool in this chapter.");
  yield planOf(all, 0);
  const problem = yield* doAll(situation, all);
  if (problem !== undefined) return failed(problem);
  const reminded = situation.notes().some((note) => note.startsWith("<reminder>"));
  if (!reminded) return "Done, and the plan still says that nothing is.";
  yield planOf(all, all.length);
  return `Done. I was reminded of the plan, and it is up to date again.`;
}

function* twoAtOnce({ has }: Situation): Episode {
  if (!has("todo")) return failed("I have no todo tool in this chapter.");
  const items = ["one", "two"].map((content) => ({ content, status: "in_progress" }));
  return only(yield call("todo", { items })).text;
}

export const todoIntents: Intent[] = [
  intent(
    /^plan and do: (.+?)\.?$/is,
    planAndDo,
    "Plan and do: create notes/one.md, run `ls notes`, run the tests",
    "todo",
  ),
  intent(/^do these (?:\w+ )?steps: (.+?)\.?$/is, doUntilLost),
  intent(/^plan, then forget the plan: (.+?)\.?$/is, planAndForget),
  intent(
    /^write a plan with two steps in progress/i,
    twoAtOnce,
    "Write a plan with two steps in progress",
    "todo",
  ),
];
