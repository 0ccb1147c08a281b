// Worktrees (s18): two changes of the same line, each in a place of its own, then merged. Where worktree_create is not
// offered, both are made in the one folder, as two agents would: each writes the file as it had read it. That is the
// pain which s18 removes.
import {
  failed,
  failureOf,
  intent,
  known,
  only,
  type Closing,
  type Episode,
  type Intent,
} from "../episode.ts";
import type { Outcome, Situation, Work } from "../episode.ts";
import { call, think } from "../reply.ts";
import { bash, editCall, readCall, writeCall } from "./calls.ts";
import { CHANGES, type Change } from "./worktree-changes.ts";

const MISSING = failed("This chapter has no worktrees; run s18 for them.");
const SOURCE = "src/greet.js";

const placeOf = (worktree: string, path: string) => `.claude/worktrees/${worktree}/${path}`;

function* twoChanges(situation: Situation): Episode {
  if (!situation.has("worktree_create")) return yield* inOneFolder(situation);
  const tasks = yield CHANGES.map(({ subject }) => call("task_create", { subject }));
  const ids = tasks.map(({ text }) => Number(/"id": ?(\d+)/.exec(text)?.[1]));
  const made = yield CHANGES.map(({ worktree }, index) =>
    call("worktree_create", { name: worktree, ...(ids[index] && { task_id: ids[index] }) }),
  );
  const refused = made.find((outcome) => failureOf(outcome) !== undefined);
  if (refused) return failed(`I got no worktrees: ${refused.text}`);
  for (const change of CHANGES) {
    const problem = yield* makeChange(situation, change);
    if (problem !== undefined) return failed(problem);
  }
  yield [
    think("Both are green, and neither has seen the other. Now they are merged."),
    call("worktree_list"),
  ];
  const lines: string[] = [];
  for (const [index, { worktree }] of CHANGES.entries()) lines.push(yield* merge(worktree, ids[index]));
  return lines.join("\n");
}

/** A learner who types a second prompt that changes the same line should know why it fails. */
const MADE_BEFORE = "If it was made before: npm run playground:reset.";

/** Why it was not made; undefined if it is tested and committed. */
function* makeChange(situation: Situation, change: Change): Work<string | undefined> {
  const { worktree, edits, subject, test, testText: content } = change;
  const written = yield [
    ...edits.map((edit) => editCall(situation, placeOf(worktree, SOURCE), edit)),
    writeCall(situation, placeOf(worktree, test), content),
  ];
  const unwritten = written.find((outcome) => failureOf(outcome) !== undefined);
  if (unwritten) return `I could not make the change in ${worktree}: ${unwritten.text} ${MADE_BEFORE}`;
  return yield* testAndCommit(worktree, subject);
}

function* testAndCommit(worktree: string, message: string): Work<string | undefined> {
  const command = `npm test && ${commitCommand(message)}`;
  const committed = only(yield call("worktree_run", { name: worktree, command }));
  if (failureOf(committed) === undefined) return undefined;
  const why = /ENOENT.*\.env/.test(committed.text)
    ? "there is no .env in it; npm run playground:reset brings one, and a .worktreeinclude"
    : committed.text.split("\n").slice(-6).join("\n");
  return `The tests or the commit failed in ${worktree}: ${why}`;
}

function* merge(name: string, taskId?: number): Work<string> {
  const input = { name, merge: true, ...(taskId && { complete_task: true }) };
  const merged = only(yield call("worktree_remove", input));
  if (failureOf(merged) === undefined) return `${name}: ${merged.text}`;
  return `${name} is not merged. ${merged.text}`;
}

/** The same as a teammate, whose file tools and commands work in a worktree. */
function* changeHere(situation: Situation, { edits, subject, test, testText: content }: Change): Episode {
  const written = yield [
    ...edits.map((edit) => editCall(situation, SOURCE, edit)),
    writeCall(situation, test, content),
  ];
  const unwritten = written.find((outcome) => failureOf(outcome) !== undefined);
  if (unwritten) return failed(`I could not make the change: ${unwritten.text} ${MADE_BEFORE}`);
  const committed = only(yield bash(`npm test && ${commitCommand(subject)}`));
  if (failureOf(committed) !== undefined) return failed(`The tests or the commit failed: ${committed.text}`);
  const branch = yield* known(bash("git branch --show-current"));
  return `Committed on ${branch.text.trim()}: ${subject}.`;
}

export function commitCommand(message: string): string {
  return `git add -A && git commit -m "${message.replace(/["$`\\]/g, "")}"`;
}

/** What the lead does when a teammate says that it has committed: a run that is not over yet is waited for. */
export function* mergeCommitted(text: string): Work<string | undefined> {
  const name = /^Committed on worktree-(\S+?):/.exec(text)?.[1];
  if (name === undefined) return undefined;
  for (let tries = 0; ; tries++) {
    const merged = only(yield call("worktree_remove", { name, merge: true }));
    if (failureOf(merged) === undefined) return `${name}: ${merged.text}`;
    if (tries === 3 || !/Something runs in/.test(merged.text)) return `${name} is not merged. ${merged.text}`;
    yield bash("sleep 1");
  }
}

/** Both start from the file as it is now. */
function* inOneFolder(situation: Situation): Episode {
  const source = yield* known(readCall(situation, SOURCE));
  if (source.isError) return failed(source.text);
  for (const { edits, test, testText: content, subject } of CHANGES) {
    const changed = edits.reduce((text, [before, after]) => text.replace(before, () => after), source.text);
    yield [
      think(`${subject}: I write ${SOURCE} as I read it, with that change.`),
      writeCall(situation, SOURCE, changed),
      writeCall(situation, test, content),
    ];
  }
  const tested = yield* known(bash("npm test"));
  const failing = /^\s*✖ (.+?) \(/m.exec(tested.text)?.[1] ?? "npm test";
  if (failureOf(tested) === undefined) return "Both changes are made, and the tests pass.";
  return failed(
    `Both wrote ${SOURCE}, and the second write took the first one back. Now this fails: ${failing}`,
  );
}

/** What both wanted, in the place of what git could not decide. */
function* resolve(situation: Situation): Episode {
  const name = situation.match[1] ?? "";
  if (!situation.has("worktree_run")) return MISSING;
  const into = only(yield call("worktree_run", { name, command: "git merge main" }));
  if (into.isError || !/conflict/i.test(into.text)) return failed(`There is no conflict: ${into.text}`);
  const path = placeOf(name, SOURCE);
  const source = yield* known(readCall(situation, path));
  const both = source.text.replace(
    /^<{7} .*\n[\s\S]*?^>{7} .*\n/m,
    () => '  return `${process.env.GREETING ?? "Hello"}, ${trimmed === "" ? "stranger" : trimmed}${mark}`;\n',
  );
  if (both === source.text || /^[<>]{7} /m.test(both))
    return failed("I am a script, and do not know this conflict.");
  yield [
    think("One side set the greeting, the other the mark. Both can stand."),
    writeCall(situation, path, both),
  ];
  const problem = yield* testAndCommit(name, "Greeting and mark");
  return problem === undefined ? yield* merge(name) : failed(problem);
}

function* make({ match, has }: Situation): Episode {
  if (!has("worktree_create")) return MISSING;
  const [, name, task, base] = match;
  const input = { name, ...(task && { task_id: Number(task) }), ...(base && { base_ref: base }) };
  return closing(only(yield call("worktree_create", input)));
}

function* list({ has }: Situation): Episode {
  return has("worktree_list") ? only(yield call("worktree_list")).text : MISSING;
}

function* run({ match, has, commands }: Situation): Episode {
  if (!has("worktree_run")) return MISSING;
  return closing(only(yield call("worktree_run", { name: match[1], command: commands[0] ?? "" })));
}

function* end({ match, has, prompt }: Situation): Episode {
  if (!has("worktree_remove")) return MISSING;
  const [, verb = "", name] = match;
  const input = {
    name,
    ...(/^merge/i.test(verb) && { merge: true }),
    ...(/^keep/i.test(verb) && { keep: true }),
    ...(/\bforce\b|\bwhatever\b|\beven if\b/i.test(prompt) && { force: true }),
    ...(/\bcomplete\b/i.test(prompt) && { complete_task: true }),
  };
  return closing(only(yield call("worktree_remove", input)));
}

function closing(outcome: Outcome): Closing {
  return failureOf(outcome) === undefined ? outcome.text : failed(`That was refused: ${outcome.text}`);
}

const NAME = "[`\"']?([^\\s`\"']+?)[`\"']?";

export const worktreeIntents: Intent[] = [
  ...CHANGES.map((change) =>
    intent(new RegExp(`^${change.request.replace(/[./]/g, "\\$&")}\\.?$`, "i"), (situation) =>
      changeHere(situation, change),
    ),
  ),
  intent(
    /^in (?:two )?worktrees\b.*\.env\b.*greeting.*\bmark\b/is,
    twoChanges,
    "In two worktrees, let .env set the greeting in src/greet.js, and callers choose the mark at its end; test both, then merge both",
    "worktree_create",
  ),
  intent(
    new RegExp(`^resolve the conflict (?:in|of|with) (?:the )?(?:worktree )?${NAME}(?:[,;. ].*)?$`, "is"),
    resolve,
  ),
  intent(
    new RegExp(
      `^(?:make|create|add|open) (?:a |the )?(?:new )?worktree (?:called |named )?${NAME}(?: for task #?(\\d+))?(?: (?:from|at|based on) ${NAME})?\\.?$`,
      "i",
    ),
    make,
    "Make a worktree called fix-login",
    "worktree_create",
  ),
  intent(
    /^(?:show|list|which)(?: me)?(?: all)?(?: the| my)? worktrees\b/i,
    list,
    "Show the worktrees",
    "worktree_list",
  ),
  intent(
    new RegExp("^run `[^`]+` in (?:the )?worktree " + NAME + "\\.?$", "is"),
    run,
    "Run `npm test` in the worktree fix-login",
    "worktree_run",
  ),
  intent(
    new RegExp(`^(merge|remove|delete|keep) (?:the )?worktree ${NAME}(?:[,;. ].*)?$`, "is"),
    end,
    "Remove the worktree fix-login",
    "worktree_remove",
  ),
];
