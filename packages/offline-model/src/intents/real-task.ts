// One task of a working day, for an agent that has every mechanism (full): a plan, a run in the background, a repair, a
// changelog and a commit.
import { failed, failureOf, intent, only, type Episode, type Intent, type Situation } from "../episode.ts";
import { call } from "../reply.ts";
import { doneInSummary } from "./summary.ts";
import { planOf } from "./todo.ts";

const STEPS = [
  "Keep the suite running in the background",
  "Fix the failing test",
  "Write the changelog",
  "Commit it",
] as const;
const COMMIT = 'Commit my changes with the message "Greet the last name of a list"';

function* ship({ has, as, notes }: Situation): Episode {
  if (!has("todo") || !has("background_run")) return failed("This needs s03 and s13; run full for them.");
  // After a compaction the summary says how far the plan was.
  const done = doneInSummary(notes()) ?? 0;
  if (done === 0) {
    yield planOf(STEPS, 0);
    const started = only(yield call("background_run", { command: "npm test" }));
    if (failureOf(started) !== undefined) return failed(`The suite did not start: ${started.text}`);
    yield planOf(STEPS, 1);
  }
  const told: string[] = [];
  for (const [index, request] of [undefined, STEPS[1], STEPS[2], COMMIT].entries()) {
    if (request === undefined || index < done) continue;
    const work = as(request);
    const closing = work ? yield* work : failed("I am a script and do not know how to do that.");
    if (typeof closing !== "string") return failed(`I stopped at "${request}": ${closing.failed}`);
    told.push(closing);
    yield planOf(STEPS, index + 1);
  }
  return told.join("\n");
}

export const realTaskIntents: Intent[] = [
  intent(
    /^fix the failing test, (?:add a|write the) changelog(?: entry)?,? and keep the suite running in the background\.?$/i,
    ship,
    "Fix the failing test, add a changelog entry, and keep the suite running in the background",
    "todo",
  ),
];
