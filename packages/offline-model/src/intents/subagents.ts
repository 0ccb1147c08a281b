// Subagents (s04): one question each. Without the tool the same questions are answered in the one
// conversation, which then holds everything that was read for them.
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
import { bash, linesOf, readCall, withoutNotes } from "./calls.ts";

/** Reads every file of a folder; returns pairs of path and text, of those that could be read. */
function* readAll(situation: Situation, folder: string): Work<[string, string][]> {
  const listed = yield* known(bash(`ls ${folder}`));
  const names = failureOf(listed) === undefined ? linesOf(withoutNotes(listed)) : [];
  if (names.length === 0) return [];
  const paths = names.map((name) => `${folder}/${name}`);
  const outcomes = yield paths.map((path) => readCall(situation, path));
  return outcomes.flatMap((outcome, index): [string, string][] =>
    failureOf(outcome) === undefined && !outcome.isLost ? [[paths[index] ?? "", outcome.text]] : [],
  );
}

function* answerOne(situation: Situation, question: string): Work<Closing> {
  if (/how many tests/i.test(question)) {
    const files = yield* readAll(situation, "test");
    const count = files.reduce((sum, [, text]) => sum + [...text.matchAll(/^test\(/gm)].length, 0);
    return `There are ${count} tests in ${files.length} files.`;
  }
  if (/functions are exported/i.test(question)) {
    const files = yield* readAll(situation, "src");
    const found = files.flatMap(([path, text]) =>
      [...text.matchAll(/export function (\w+)/g)].map(([, name]) => `${name} in ${path}`),
    );
    return `Exported: ${found.join(", ")}.`;
  }
  if (/README (?:promise|say)/i.test(question)) {
    const { text } = only(yield readCall(situation, "README.md"));
    const about = linesOf(text).find((line) => !line.startsWith("#"));
    return `The README promises: ${about?.trim() ?? "nothing"}`;
  }
  const other = situation.as(question);
  return other ? yield* other : failed(`I am a script and cannot answer "${question}".`);
}

function* answerAll(situation: Situation): Episode {
  const { match, has } = situation;
  const questions = (match[1] ?? "").split(/; ?/).map((question) => question.replace(/[.?]$/, ""));
  if (has("task") && questions.length > 1) {
    const answers = yield questions.map((question) =>
      call("task", { description: question.slice(0, 60), prompt: `Answer from the code: ${question}` }),
    );
    return answers.map(({ text }) => `- ${text}`).join("\n");
  }
  const answers: string[] = [];
  for (const question of questions) answers.push(wordsOfClosing(yield* answerOne(situation, question)));
  return answers.length === 1 ? (answers[0] ?? "") : answers.map((answer) => `- ${answer}`).join("\n");
}

function send(description: string, prompt: string) {
  return function* ({ has }: Situation): Episode {
    if (!has("task")) return failed("I have no subagents in this chapter.");
    return only(yield call("task", { description, prompt })).text;
  };
}

function* askOne({ match, has }: Situation): Episode {
  const question = (match[1] ?? "").replace(/[.?]$/, "");
  if (!has("task")) return failed("I have no subagents in this chapter.");
  const input = { description: question.slice(0, 60), prompt: `Answer from the code: ${question}` };
  return only(yield call("task", input)).text;
}

function* askForTask(): Episode {
  // Where it is not offered, this call is answered with just that.
  return `I tried, and was told: ${only(yield call("task", { description: "another", prompt: "Run pwd" })).text}`;
}

function* neverStop(): Episode {
  for (;;) yield call("bash", { command: "true" });
}

export const subagentIntents: Intent[] = [
  intent(
    /^answer from the code: (.+)$/is,
    answerAll,
    "Answer from the code: how many tests are there; which functions are exported",
    "task",
  ),
  intent(/^ask a subagent: (.+)$/is, askOne, "Ask a subagent: how many tests are there?", "task"),
  intent(/^send a subagent that asks for a subagent/i, send("asks for another", "Start a subagent yourself")),
  intent(/^send a subagent that never stops/i, send("never stops", "Go on without end")),
  intent(
    /^(?:how many tests|which functions are exported|what does the README (?:promise|say))/i,
    (s) => answerOne(s, s.prompt),
    "How many tests are there?",
  ),
  intent(/^start a subagent yourself/i, askForTask),
  intent(/^go on without end/i, neverStop),
];
