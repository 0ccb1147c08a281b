// Teams (s15). One script plays the lead and the teammates: who has spawn_teammate leads, and who can only send is a
// teammate. Without either the same work is done alone, one piece after the other: that is the pain which s15 removes.
import {
  failed,
  failureOf,
  intent,
  only,
  wordsOfClosing,
  type Closing,
  type Episode,
  type Intent,
  type Situation,
  type Work,
} from "../episode.ts";
import { call } from "../reply.ts";
import { wordsOf } from "../words.ts";
import { andList } from "./calls.ts";
import { agreeToStop, answerIn, mustPlan, plan, requestIn, review, revised } from "./agreements.ts";
import { mergeCommitted } from "./worktrees.ts";
import { lettersIn, tellMail, type Letter } from "./mail.ts";

interface Job {
  name: string;
  /** What the teammate is asked to do, as a request. */
  work: string;
  prompt: string;
}

const MISSING = failed("This chapter has no teammates; run s15 for them.");
const QUIET = / and keep (?:it|that) to \w+$/i;
const FOR = / and tell (\w+)$/i;

/** "ada to run `x`, bob to wait for ada and then fix the failing test" */
function jobsIn(text: string): Job[] {
  return text.split(/, (?:and )?(?=[\w-]+ to )/).flatMap((item) => {
    const [, name = "", what = ""] = /^([\w-]+) to (.+?),?$/is.exec(item.trim()) ?? [];
    if (name === "") return [];
    const work = what.replace(QUIET, "").replace(FOR, "");
    const recipient = FOR.exec(what)?.[1] ?? "lead";
    const end = QUIET.test(what) ? "Keep it to yourself." : `Send what you find to ${recipient}.`;
    return [{ name, work, prompt: `${work.charAt(0).toUpperCase()}${work.slice(1)}. ${end}` }];
  });
}

/** Words, which a teammate may not heed; s16 puts tools in their place. */
const ASKS_FOR_PLAN = "Send a plan before you change anything. ";
const PLAN_FIRST = /, with a plan first$/i;

function* start(situation: Situation): Episode {
  const wish = situation.match[1] ?? "";
  const isPlanned = PLAN_FIRST.test(wish);
  const options = isPlanned && situation.has("review_plan") ? { plan_first: true } : {};
  const jobs = jobsIn(wish.replace(PLAN_FIRST, "")).map((job) =>
    isPlanned ? { ...job, prompt: `${ASKS_FOR_PLAN}${job.prompt}` } : job,
  );
  if (jobs.length === 0) return failed("I understand: Start a teammate: ada to run `npm test`");
  if (!situation.has("spawn_teammate")) return yield* alone(situation, jobs);
  const started = yield jobs.map(({ name, work, prompt }) =>
    call("spawn_teammate", { name, role: roleOf(work), prompt, ...options }),
  );
  const refused = started.filter((outcome) => failureOf(outcome) !== undefined);
  if (refused.length > 0) return failed(refusal(refused.map(({ text }) => text)));
  const names = jobs.map(({ name }) => name);
  return `${andList(names)} ${names.length === 1 ? "is" : "are"} at work. I will tell you what they send me.`;
}

/** Why teammates could not be started, each reason once, and what the user can do where a name is taken. */
function refusal(reasons: readonly string[]): string {
  const told = `That did not work: ${[...new Set(reasons)].join(" ")}`;
  const isTaken = reasons.some((reason) => /^There is a teammate [\w-]+ already/.test(reason));
  return isTaken ? `${told}\nType /team stop all, and ask again: the name of a stopped one is free.` : told;
}

function roleOf(work: string): string {
  return `to ${work.replace(/`/g, "").slice(0, 60)}`;
}

function* alone({ as }: Situation, jobs: readonly Job[]): Episode {
  const told: string[] = [];
  for (const { name, work } of jobs) {
    const episode = as(work.replace(/^wait for \w+ and then /i, ""));
    const closing: Closing = episode ? yield* episode : failed("I do not know how to do that");
    told.push(`${name} (that was me): ${wordsOfClosing(closing)}`);
  }
  return failed(
    `I have no teammates, so I did it all myself, one piece after the other.\n${told.join("\n")}\nThere is nobody whom you could ask about it.`,
  );
}

/** A teammate's first prompt: does the work and sends what came of it; then whatever mail asks for meanwhile. */
function* work(situation: Situation): Episode {
  const [, what = "", recipient] = situation.match;
  if (/^wait for /i.test(what)) return "I wait for mail.";
  if (mustPlan(situation)) return yield* plan(what);
  const closing = yield* doWork(situation, what);
  if (recipient !== undefined)
    yield call("send_message", { to: recipient, content: wordsOfClosing(closing) });
  yield* answerMail(situation, 0);
  return closing;
}

function* doWork({ as }: Situation, what: string): Work<Closing> {
  const episode = as(what.replace(/^(?:find out|see|say) /i, ""));
  return episode ? yield* episode : failed(`I am a script and do not know how to "${what}".`);
}

/** Mail that came while idle, and what comes while that is answered. */
function* onMail(situation: Situation): Episode {
  if (situation.has("spawn_teammate")) return yield* hear(lettersIn(situation.prompt), situation);
  const count = yield* answerMail(situation, 0);
  return count === 0 ? "Noted." : "Done.";
}

/** Answers the letters from this place on, and those that come meanwhile; returns how many asked for something. */
function* answerMail(situation: Situation, from: number): Work<number> {
  let asked = 0;
  for (let at = from; ; at++) {
    const letter = lettersIn(...situation.notes())[at];
    if (!letter) return asked;
    if (letter.kind === "message" && (yield* answer(situation, letter))) asked += 1;
  }
}

/** The lead's mail: what puts a request is answered, all else is told to the user. */
function* hear(letters: readonly Letter[], { has, notes }: Situation): Episode {
  const told: string[] = [];
  for (const letter of letters) {
    const request = requestIn(letter);
    told.push(request?.kind === "plan" ? yield* review(letter.from, request) : tellMail([letter]));
    const merged = has("worktree_remove") ? yield* mergeCommitted(letter.text) : undefined;
    if (merged !== undefined) told.push(merged);
  }
  // What was committed while another branch was merged is merged, too.
  for (let at = letters.length; has("worktree_remove"); at++) {
    const letter = lettersIn(...notes())[at];
    if (!letter) break;
    const merged = yield* mergeCommitted(letter.text);
    if (merged !== undefined) told.push(tellMail([letter]), merged);
  }
  return told.join("\n");
}

/** True if the letter asked for something. */
function* answer(situation: Situation, letter: Letter): Work<boolean> {
  const request = requestIn(letter);
  if (request?.kind === "shutdown") return yield* asked(agreeToStop(request));
  const answered = answerIn(letter);
  if (answered?.kind === "plan") return yield* afterReview(situation, answered.status);
  const { from, text } = letter;
  const awaited = awaitedWork(situation, from);
  const episode = situation.as(awaited?.what ?? text);
  if (!episode) return false;
  const closing = yield* episode;
  yield call("send_message", { to: awaited?.recipient ?? from, content: wordsOfClosing(closing) });
  return true;
}

function* asked(work: Work<unknown>): Work<boolean> {
  yield* work;
  return true;
}

/** Goes on with what the first prompt asked for, or with less of it. */
function* afterReview(situation: Situation, status: string): Work<boolean> {
  const { prompt } = wordsOf(situation.conversation[0]);
  const [, what = "", recipient] = WORK.exec(prompt) ?? [];
  if (status !== "approved") return yield* asked(plan(revised(what)));
  const closing = yield* doWork(situation, revised(what));
  if (recipient !== undefined)
    yield call("send_message", { to: recipient, content: wordsOfClosing(closing) });
  return true;
}

/** What the first prompt said to do once this one has written. */
function awaitedWork(
  { conversation }: Situation,
  from: string,
): { what: string; recipient: string } | undefined {
  const { prompt } = wordsOf(conversation[0]);
  const [, sender, what = "", recipient = "lead"] =
    /^wait for ([\w-]+) and then (.+?)\. (?:send what you find to ([\w-]+)|keep it to yourself)\.$/is.exec(
      prompt,
    ) ?? [];
  return sender === from ? { what, recipient } : undefined;
}

function* ask({ match, has }: Situation): Episode {
  const [, to = "", what = ""] = match;
  if (!has("send_message")) return MISSING;
  const content = `${what.charAt(0).toUpperCase()}${what.slice(1)}`;
  const sent = only(yield call("send_message", { to, content }));
  return failureOf(sent) === undefined ? `I have asked ${to}.` : failed(sent.text);
}

function* list({ has }: Situation): Episode {
  return has("list_teammates") ? only(yield call("list_teammates")).text : MISSING;
}

const WORK =
  /^(?:send a plan before you change anything\. )?(.+?)\. (?:send what you find to ([\w-]+)|keep it to yourself)\.$/is;

export const teamIntents: Intent[] = [
  intent(/^<mail>/, onMail),
  intent(WORK, work),
  intent(
    /^start (?:a|an|one|two|three|four|\d+) teammates?: (.+?)\.?$/is,
    start,
    "Start two teammates: ada to run `npm test`, bob to run `node src/main.js`",
    "spawn_teammate",
  ),
  intent(/^ask ([\w-]+) to (.+?)\.?$/is, ask, "Ask ada to run `node --version`", "send_message"),
  intent(
    /^(?:who is|show|list) (?:me )?(?:on |all )?(?:the |my )?team(?:mates)?\??$/i,
    list,
    "Who is on the team?",
    "list_teammates",
  ),
];
