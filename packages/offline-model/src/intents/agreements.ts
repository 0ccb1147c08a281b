// Requests and answers between agents (s16), as they arrive by mail: plans that the lead reviews, and requests to stop.
import {
  failed,
  failureOf,
  intent,
  only,
  type Episode,
  type Intent,
  type Situation,
  type Work,
} from "../episode.ts";
import { call } from "../reply.ts";
import type { Letter } from "./mail.ts";

const MISSING = failed("This chapter has no requests between agents; run s16 for them.");
const TOO_MUCH = /,? and rewrite .*$/i;

interface Request {
  id: string;
  kind: string;
  text: string;
}

/** The request that a letter puts; undefined if it puts none. */
export function requestIn({ text }: Letter): Request | undefined {
  const [, id, kind, rest = ""] = /^Request (req_\d+) \((\w+)\): ([\s\S]*)$/.exec(text) ?? [];
  return id === undefined || kind === undefined ? undefined : { id, kind, text: rest };
}

/** The answer that a letter brings. */
export function answerIn({ text }: Letter): { kind: string; status: string } | undefined {
  const [, kind, status] = /^Answer to req_\d+ \((\w+)\): (\w+)/.exec(text) ?? [];
  return kind === undefined || status === undefined ? undefined : { kind, status };
}

/** The lead reviews a plan: what goes beyond its task is sent back. */
export function* review(from: string, { id, text }: Request): Work<string> {
  const approve = !TOO_MUCH.test(text);
  const feedback = approve ? {} : { feedback: "Only what a test asks for: leave the rest as it is." };
  const reviewed = only(yield call("review_plan", { request_id: id, approve, ...feedback }));
  if (failureOf(reviewed) !== undefined) return `${from}'s plan ${id}: ${reviewed.text}`;
  return `${from}'s plan ${id} is ${approve ? "approved" : "rejected: it goes beyond the task"}.`;
}

/** Whether this teammate has to plan first: it can submit, and has nothing to write with. */
export function mustPlan({ has }: Situation): boolean {
  return has("submit_plan") && !has("edit_file");
}

/** Looks, and submits what it would do. */
export function* plan(what: string): Episode {
  yield call("bash", { command: "ls src test bugs" });
  const submitted = only(
    yield call("submit_plan", {
      plan: `1. Look at the tests and at src. 2. ${what}. 3. Run the tests again.`,
    }),
  );
  return failureOf(submitted) === undefined ? "My plan is submitted." : failed(submitted.text);
}

/** What is left of a task after its plan was sent back. */
export function revised(what: string): string {
  return what.replace(TOO_MUCH, "");
}

export function* agreeToStop({ id }: Request): Work<void> {
  yield call("respond_shutdown", { request_id: id, approve: true });
}

function* askToStop({ match, has }: Situation): Episode {
  if (!has("request_shutdown")) return MISSING;
  const asked = only(yield call("request_shutdown", { teammate: match[1] }));
  return failureOf(asked) === undefined ? `I have asked ${match[1]} to stop.` : failed(asked.text);
}

function* decide({ match, has }: Situation): Episode {
  if (!has("review_plan")) return MISSING;
  const [, verb = "", id, feedback] = match;
  const approve = /^approve/i.test(verb);
  return only(yield call("review_plan", { request_id: id, approve, ...(feedback && { feedback }) })).text;
}

function* list({ has }: Situation): Episode {
  return has("list_requests") ? only(yield call("list_requests")).text : MISSING;
}

export const agreementIntents: Intent[] = [
  intent(
    /^(?:ask|tell) ([\w-]+) to (?:stop|shut down|end)\.?$/i,
    askToStop,
    "Ask ada to stop",
    "request_shutdown",
  ),
  intent(/^(approve|reject) (?:the )?plan (req_\d+)(?:: (.+))?$/is, decide),
  intent(
    /^(?:show|list) (?:me )?(?:all )?(?:the )?requests\.?$/i,
    list,
    "Show the requests",
    "list_requests",
  ),
];
