// Subagents (s04): one question each. Without the tool the same questions are answered in the one
// conversation, which then holds everything that was read for them.
import { intent, only, type Episode, type Intent, type Outcome, type Situation } from "../brain.ts";
import { call } from "../reply.ts";

const list = (text: string) => text.split("\n").filter(Boolean);

/** Reads every file of a folder; returns pairs of path and text. */
function* readAll(folder: string): Generator<ReturnType<typeof call>[], [string, string][], Outcome[]> {
  const names = list(only(yield [call("bash", { command: `ls ${folder}` })]).text);
  const paths = names.map((name) => `${folder}/${name}`);
  const outcomes = yield paths.map((path) => call("read_file", { file_path: path }));
  return outcomes.map(({ text }, index) => [paths[index] ?? "", text]);
}

function* answerOne(question: string): Episode {
  if (/how many tests/i.test(question)) {
    const files = yield* readAll("test");
    const count = files.reduce((sum, [, text]) => sum + [...text.matchAll(/^test\(/gm)].length, 0);
    return `There are ${count} tests in ${files.length} files.`;
  }
  if (/functions are exported/i.test(question)) {
    const files = yield* readAll("src");
    const found = files.flatMap(([path, text]) =>
      [...text.matchAll(/export function (\w+)/g)].map(([, name]) => `${name} in ${path}`),
    );
    return `Exported: ${found.join(", ")}.`;
  }
  if (/README/i.test(question)) {
    const { text } = only(yield [call("read_file", { file_path: "README.md" })]);
    const about = list(text).find((line) => !line.startsWith("#"));
    return `The README promises: ${about?.trim() ?? "nothing"}`;
  }
  return `I am a script and cannot answer "${question}".`;
}

function* answerAll({ match, has }: Situation): Episode {
  const questions = (match[1] ?? "").split(/; ?/).map((question) => question.replace(/[.?]$/, ""));
  if (has("task") && questions.length > 1) {
    const answers = yield questions.map((question) =>
      call("task", { description: question.slice(0, 60), prompt: `Answer from the code: ${question}` }),
    );
    return answers.map(({ text }) => `- ${text}`).join("\n");
  }
  const answers: string[] = [];
  for (const question of questions) answers.push(yield* answerOne(question));
  return answers.length === 1 ? (answers[0] ?? "") : answers.map((answer) => `- ${answer}`).join("\n");
}

function send(description: string, prompt: string) {
  return function* ({ has }: Situation): Episode {
    if (!has("task")) return "I have no subagents in this chapter.";
    return only(yield call("task", { description, prompt })).text;
  };
}

function* askForTask({ has }: Situation): Episode {
  if (!has("task")) return "I would call task for that, and this client does not offer it.";
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
  ),
  intent(/^send a subagent that asks for a subagent/i, send("asks for another", "Start a subagent yourself")),
  intent(/^send a subagent that never stops/i, send("never stops", "Go on without end")),
  intent(/^start a subagent yourself/i, askForTask),
  intent(/^go on without end/i, neverStop),
];
