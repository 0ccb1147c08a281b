// Teammates that take tasks from the board (s17): the lead puts six there, and each is done by whoever claims it.
import {
  failed,
  failureOf,
  intent,
  only,
  wordsOfClosing,
  type Episode,
  type Intent,
  type Situation,
  type Work,
} from "../episode.ts";
import { call } from "../reply.ts";
import { commitCommand } from "./worktrees.ts";

const MISSING = failed("Nobody takes tasks by themselves in this chapter; run s17 for that.");

const FOUR: readonly (readonly [string, readonly number[]])[] = [
  ["Make the failing test pass", []],
  ["Let .env set the greeting in src/greet.js", []],
  ["Create notes/plan.md", []],
  ["Write the changelog", [0, 1]],
];

/** Subjects, and the places (from 0) of what each waits for. */
const RELEASE: readonly (readonly [string, readonly number[]])[] = [
  ["Make the failing test pass", []],
  ["Write the changelog", []],
  ["Read src/greet.js and src/names.js", []],
  ["Run `npm test`", [0]],
  ["Run `npm start -- Ada, Grace`", [1, 3]],
  ["Run `git status --short`", [4]],
];

function* putOnBoard({ has, match }: Situation): Episode {
  if (!has("claim_task") || !has("spawn_teammate")) return MISSING;
  const tasks = /^put four/i.test(match[0]) ? FOUR : RELEASE;
  const created = yield tasks.map(([subject]) => call("task_create", { subject }));
  const ids = created.map(({ text }) => Number(/"id": ?(\d+)/.exec(text)?.[1]));
  if (ids.some((id) => !(id > 0))) return failed(`That did not work: ${created[0]?.text}`);
  yield tasks.flatMap(([, before], index) =>
    before.length > 0
      ? [call("task_update", { id: ids[index], add_blocked_by: before.map((place) => ids[place]) })]
      : [],
  );
  const names = [match[1] ?? "ada", match[2] ?? "bob"];
  const started = yield names.map((name) =>
    call("spawn_teammate", { name, role: "to take tasks", prompt: "Look at the board." }),
  );
  const refused = started.find((outcome) => failureOf(outcome) !== undefined);
  if (refused) return failed(`That did not work: ${refused.text}`);
  return `${ids.length} tasks are on the board, and ${names.join(" and ")} take them.`;
}

function* look({ has }: Situation): Episode {
  if (!has("task_list")) return MISSING;
  const lines = only(yield call("task_list")).text.split("\n");
  const open = lines.filter((line) => /^[○◐]/.test(line)).length;
  return `${open} open on the board.`;
}

/** A task that the harness has claimed for this teammate; then whatever was claimed meanwhile. */
function* work(situation: Situation): Episode {
  const [, id = "", subject = ""] = /<claimed-task id="(\d+)">\n([^\n]*)/.exec(situation.prompt) ?? [];
  return yield* doTask(situation, Number(id), subject);
}

function* doTask({ as, has, prompt }: Situation, id: number, subject: string): Work<string> {
  const episode = as(subject);
  const closing = episode ? yield* episode : failed("I am a script and do not know how to do that.");
  if (typeof closing === "string") {
    // In a worktree of its own, only what is committed is merged.
    if (/You work in worktree/.test(prompt))
      yield call("bash", { command: `git status --short && (${commitCommand(subject)} || true)` });
    const completed = only(yield call("task_update", { id, status: "completed" }));
    return failureOf(completed) === undefined
      ? `#${id} is completed.`
      : `The board refused: ${completed.text}`;
  }
  yield [
    call("task_update", { id, status: "pending", owner: "" }),
    ...(has("send_message")
      ? [call("send_message", { to: "lead", content: `I could not do #${id}: ${wordsOfClosing(closing)}` })]
      : []),
  ];
  return `#${id} is back on the board.`;
}

function* claim({ has, match }: Situation): Episode {
  if (!has("claim_task")) return MISSING;
  const claimed = only(yield call("claim_task", match[1] === undefined ? {} : { task_id: Number(match[1]) }));
  return failureOf(claimed) === undefined ? claimed.text : failed(claimed.text);
}

export const autonomyIntents: Intent[] = [
  intent(/^<claimed-task /, work),
  intent(
    /^put (?:the release|four changes) on the board,? and (?:have|let) (\w+) and (\w+) (?:empty|do|take) (?:it|them)\.?$/i,
    putOnBoard,
    "Put the release on the board, and have ada and bob empty it",
    "claim_task",
  ),
  intent(/^look at the board\.?(?: send what you find to lead\.)?$/i, look),
  intent(/^(?:claim|take) (?:task #?(\d+)|a task|the next task)\.?$/i, claim, "Claim task 1", "claim_task"),
];
