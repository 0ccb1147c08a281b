// The task graph (s12): planning, and working through what is planned. A task is completed only when its work
// succeeded; a plan of which a dependency cannot be told is refused whole.
import {
  failed,
  failureOf,
  intent,
  known,
  only,
  wordsOfClosing,
  type Closing,
  type Episode,
  type Intent,
  type Situation,
  type Work,
} from "../episode.ts";
import { call } from "../reply.ts";
import { andList, count, PATH, readCall } from "./calls.ts";
import { readPlan, type Plan } from "./dependencies.ts";

const MISSING = failed("This chapter has no task tools; run s12 for them.");

function* plan(situation: Situation): Episode {
  return yield* make(situation, situation.match[1] ?? "");
}

/** Reads tasks from the list in a file: "- tests: run the tests, after bugs". */
function* planFromFile(situation: Situation): Episode {
  const path = situation.match[1] ?? "";
  const { text, isError } = yield* known(readCall(situation, path));
  if (isError) return failed(text);
  const items = [
    ...text.matchAll(/^\s*(?:[-*]|\d+[.)]) (?:\[.\] )?(?:([\w-]+): )?(.+?)(?:, after (.+))?$/gm),
  ];
  if (items.length === 0)
    return failed(`${path} holds no list of tasks, as in "- tests: run the tests, after bugs".`);
  const names = items.map(([, name = ""]) => name);
  const edges = items.flatMap(([, , , after = ""], index) =>
    after
      .split(/, | and /)
      .filter(Boolean)
      .map((name) => [index, names.indexOf(name)] as const),
  );
  if (edges.some(([, before]) => before === -1))
    return failed(`${path}: a task waits for one that is not in the list, so I created nothing.`);
  return yield* create(situation, { subjects: items.map(([, , subject = ""]) => subject), edges });
}

function* make(situation: Situation, text: string): Work<Closing> {
  const made = readPlan(text);
  if (typeof made === "string")
    return failed(
      `${made}, so I created nothing. I understand "the last waits for the others", "3 waits for 1 and 2", "each waits for the one before it".`,
    );
  return yield* create(situation, made);
}

function* create({ has }: Situation, { subjects, edges }: Plan): Work<Closing> {
  const waitsFor = (index: number) =>
    edges.filter(([waiting]) => waiting === index).map(([, before]) => before);
  if (!has("task_create")) {
    const steps = subjects.map((subject, index) => {
      const before = waitsFor(index).map((place) => place + 1);
      return `${index + 1}. ${capitalized(subject)}${before.length > 0 ? ` (after ${andList(before.map(String))})` : ""}`;
    });
    return `Here is the plan; I will keep it in mind.\n${steps.join("\n")}`;
  }
  const created = yield subjects.map((subject) => call("task_create", { subject: capitalized(subject) }));
  const ids = created.map((outcome) => (failureOf(outcome) === undefined ? idOf(outcome.text) : undefined));
  const links = subjects.flatMap((_, index) => {
    const before = waitsFor(index).map((place) => ids[place]);
    return before.length > 0 ? [call("task_update", { id: ids[index], add_blocked_by: before })] : [];
  });
  const isWhole = ids.every((id) => id !== undefined);
  const linked = isWhole && links.length > 0 ? yield links : [];
  const problem = [...created, ...linked].find((outcome) => failureOf(outcome) !== undefined);
  if (problem || !isWhole) return yield* takeBack(ids, problem?.text ?? "a task came back without an id");
  return `Created ${count(ids.length, "task")}.\n\n${only(yield call("task_list")).text}`;
}

/** A plan of which a part was refused is taken back whole. */
function* takeBack(ids: readonly (number | undefined)[], why: string): Work<Closing> {
  const made = ids.filter((id) => id !== undefined);
  if (made.length === 0) return failed(`That did not work: ${why}`);
  // Newest first: what waits for another goes before it.
  const outcomes = yield made.toReversed().map((id) => call("task_update", { id, status: "deleted" }));
  const left = outcomes.filter((outcome) => failureOf(outcome) !== undefined).length;
  const state =
    left === 0 ? "so I deleted what I had created" : `and ${count(left, "task")} of it could not be deleted`;
  return failed(`That did not work, ${state}: ${why}`);
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function idOf(text: string): number | undefined {
  const id = /"id": ?(\d+)/.exec(text)?.[1] ?? /#(\d+)/.exec(text)?.[1];
  return id === undefined ? undefined : Number(id);
}

function* update({ has }: Situation, id: string | undefined, change: object, done: string): Episode {
  if (!has("task_update")) return MISSING;
  const updated = only(yield call("task_update", { id: Number(id), ...change }));
  return failureOf(updated) === undefined ? done : failed(`The board refused: ${updated.text}`);
}

function* list({ has }: Situation): Episode {
  if (!has("task_list")) return MISSING;
  return only(yield call("task_list")).text;
}

function* get({ has, match }: Situation): Episode {
  if (!has("task_get")) return MISSING;
  return only(yield call("task_get", { id: Number(match[1]) })).text;
}

interface Line {
  id: number;
  subject: string;
  isOpen: boolean;
  waits: boolean;
}

function linesOfBoard(text: string): Line[] {
  return [...text.matchAll(/^(\S) #(\d+) (.+?)(?: \(((?:owner|waits for|ready)[^()]*)\))?$/gm)].map(
    ([, mark, id, subject = "", notes = ""]) => ({
      id: Number(id),
      subject,
      isOpen: mark === "○" || mark === "◐",
      waits: notes.includes("waits for"),
    }),
  );
}

/** Does what is ready, until nothing is, or one task. The board decides after each what is ready now. */
function* work(situation: Situation): Episode {
  const { has, match } = situation;
  if (!has("task_list")) return MISSING;
  const done: string[] = [];
  const left = new Map<number, string>();
  const isOne = /\bnext\b|\ba task\b|\bone\b/i.test(match[0]);
  for (;;) {
    const lines = linesOfBoard((yield* known(call("task_list"))).text);
    const open = lines.filter(({ isOpen }) => isOpen);
    const ready = open.find(({ id, waits }) => !waits && !left.has(id));
    if (!ready || (isOne && done.length > 0)) return told(done, left, open.length);
    const problem = yield* doTask(situation, ready);
    if (problem === undefined) done.push(`#${ready.id} ${ready.subject}`);
    else left.set(ready.id, `#${ready.id} ${ready.subject}: ${problem}`);
  }
}

/** Why the task is not done; undefined if it is. */
function* doTask({ as }: Situation, { id, subject }: Line): Work<string | undefined> {
  const episode = as(subject);
  if (!episode) return "I am a script and do not know how to do that.";
  const started = only(yield call("task_update", { id, status: "in_progress" }));
  if (failureOf(started) !== undefined) return `the board refused: ${started.text}`;
  const closing = yield* episode;
  if (typeof closing !== "string") {
    yield call("task_update", { id, status: "pending" });
    return wordsOfClosing(closing);
  }
  const completed = only(yield call("task_update", { id, status: "completed" }));
  return failureOf(completed) === undefined ? undefined : `the board refused: ${completed.text}`;
}

function told(done: readonly string[], left: ReadonlyMap<number, string>, open: number): Closing {
  if (done.length === 0 && left.size === 0)
    return open === 0 ? "There is no open task." : "No task is ready: each waits for another.";
  const text = [
    ...(done.length > 0 ? [`Done: ${done.join("; ")}.`] : []),
    ...[...left.values()].map((line) => `Not done: ${line}`),
    open === 0 ? "Nothing is left." : `${count(open, "task")} left.`,
  ].join("\n");
  return left.size === 0 ? text : failed(text);
}

export const taskIntents: Intent[] = [
  intent(
    /^plan (?:these|the following|my|the) (?:tasks|work|steps): (.+?)\.?$/is,
    plan,
    "Plan these tasks: write the changelog, run the tests, publish; the last waits for the others",
    "task_create",
  ),
  intent(
    new RegExp(`^plan (?:the |a |this |our )?(?:release|tasks|work)(?: in| from| of| as in)? ${PATH}$`, "i"),
    planFromFile,
    "Plan the release in RELEASE.md",
    "task_create",
  ),
  intent(
    /^(?:create|add|make) (?:a |the )?(?:new )?tasks?:? (?!#?\d)(?:to |called |named )?["`]?(.+?)["`]?\.?$/is,
    plan,
  ),
  intent(
    /^(?:do|work (?:through|on)|finish|complete) (?:the next task|(?:all )?(?:the |my |of the )?(?:open |ready |remaining )?tasks|the plan|the board)\.?$/i,
    work,
    "Do the tasks",
    "task_list",
  ),
  intent(/^(?:start|begin) task #?(\d+)/i, (s) =>
    update(s, s.match[1], { status: "in_progress" }, `Task ${s.match[1]} is in progress.`),
  ),
  intent(/^(?:stop|pause|reopen) task #?(\d+)/i, (s) =>
    update(s, s.match[1], { status: "pending" }, `Task ${s.match[1]} is pending.`),
  ),
  intent(/^(?:delete|remove|drop|cancel) task #?(\d+)/i, (s) =>
    update(s, s.match[1], { status: "deleted" }, `Task ${s.match[1]} is deleted.`),
  ),
  intent(
    /^(?:complete|finish|close|tick off) task #?(\d+)/i,
    (s) => update(s, s.match[1], { status: "completed" }, `Task ${s.match[1]} is completed.`),
    "Complete task 1",
    "task_update",
  ),
  intent(
    /^(?:make |let )?task #?(\d+) (?:must |should )?waits? for (?:task )?#?(\d+)/i,
    (s) =>
      update(
        s,
        s.match[1],
        { add_blocked_by: [Number(s.match[2])] },
        `Task ${s.match[1]} waits for task ${s.match[2]}.`,
      ),
    "Make task 1 wait for task 3",
    "task_update",
  ),
  intent(
    /^(?:show|list) (?:me )?(?:all )?(?:of )?(?:the |my )?(?:open )?tasks/i,
    list,
    "Show the tasks",
    "task_list",
  ),
  intent(/^(?:show|what is) (?:me )?task #?(\d+)/i, get, "Show task 1", "task_get"),
];
