// The task graph (s12).
import { intent, only, type Episode, type Intent, type Situation } from "../brain.ts";
import { call } from "../reply.ts";

const MISSING = "This chapter has no task tools; run s12 for them.";

function* plan({ match, has }: Situation): Episode {
  const subjects = (match[1] ?? "")
    .split(/,| and /)
    .map((subject) => subject.trim())
    .filter(Boolean);
  if (!has("task_create")) {
    const steps = subjects.map((subject, index) => `${index + 1}. ${capitalized(subject)}`);
    return `Here is the plan; I will keep it in mind.\n${steps.join("\n")}`;
  }
  const created = yield subjects.map((subject) => call("task_create", { subject: capitalized(subject) }));
  const ids = created.map((outcome) => idOf(outcome.text));
  if (ids.some((id) => id === undefined))
    return `That did not work: ${created.map((outcome) => outcome.text).join("; ")}`;
  const last = ids.at(-1);
  const before = ids.slice(0, -1);
  if (/\blast\b.*\bwait/i.test(match.input)) {
    const linked = only(yield call("task_update", { id: last, add_blocked_by: before }));
    if (linked.isError) return `That did not work: ${linked.text}`;
  }
  return `Created ${ids.length} tasks.\n\n${only(yield call("task_list")).text}`;
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
  return updated.isError ? `The board refused: ${updated.text}` : done;
}

function* list({ has }: Situation): Episode {
  if (!has("task_list")) return MISSING;
  return only(yield call("task_list")).text;
}

function* get({ has, match }: Situation): Episode {
  if (!has("task_get")) return MISSING;
  return only(yield call("task_get", { id: Number(match[1]) })).text;
}

export const taskIntents: Intent[] = [
  intent(
    /^plan these tasks: (.+?)(?:;.*|\.)?$/is,
    plan,
    "Plan these tasks: write the changelog, run the tests, publish; the last waits for the others",
  ),
  intent(/^(?:start|begin) task #?(\d+)/i, (s) =>
    update(s, s.match[1], { status: "in_progress" }, `Task ${s.match[1]} is in progress.`),
  ),
  intent(
    /^(?:complete|finish) task #?(\d+)/i,
    (s) => update(s, s.match[1], { status: "completed" }, `Task ${s.match[1]} is completed.`),
    "Complete task 1",
    "task_update",
  ),
  intent(
    /^make task #?(\d+) wait for task #?(\d+)/i,
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
  intent(/^(?:show|list) (?:me )?(?:all )?(?:the |my )?tasks/i, list, "Show the tasks", "task_list"),
  intent(/^show task #?(\d+)/i, get, "Show task 1", "task_get"),
];
