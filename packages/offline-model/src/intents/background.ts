// Slow commands (s13). Where background_run is not offered, the same words are met with bash,
// one command after the other: that is the pain which s13 removes.
import {
  failed,
  failureOf,
  intent,
  only,
  wordsOfClosing,
  type Closing,
  type Episode,
  type Intent,
  type Outcome,
  type Situation,
  type Work,
} from "../episode.ts";
import { call, say } from "../reply.ts";
import { endedTasks, lineOf, tellAll } from "./background-results.ts";
import { count, writeCall } from "./calls.ts";

const planText = (when: string) => `# Plan\n\nWritten ${when}.\n`;

function* runBeside(situation: Situation): Episode {
  const { commands, has } = situation;
  if (!has("background_run")) return yield* oneByOne(situation);
  const timeout = Number(/timeout of (\d+)/i.exec(situation.prompt)?.[1]);
  const limit = timeout > 0 ? { timeout_seconds: timeout } : {};
  const many = commands.length === 1 ? "the command" : `${commands.length} commands`;
  const outcomes = yield [
    say(`I start ${many} in the background.`),
    ...commands.map((command) => call("background_run", { command, ...limit })),
  ];
  const refused = outcomes.filter((outcome) => failureOf(outcome) !== undefined);
  if (refused.length === commands.length) return failed(`That did not work: ${refused[0]?.text}`);
  const meanwhile = yield* doMeanwhile(situation, "while the commands run");
  const started = outcomes.filter((outcome) => failureOf(outcome) === undefined);
  const text = tellStarted(
    situation,
    started,
    meanwhile === undefined ? "" : after(wordsOfClosing(meanwhile)),
  );
  const problems = refused.map((outcome) => `One did not start: ${outcome.text}`);
  const all = [text, ...problems].join("\n");
  return problems.length > 0 || typeof meanwhile === "object" ? failed(all) : all;
}

/** What the prompt wants done beside it: a file, or any request that is known. */
function* doMeanwhile(situation: Situation, when: string): Work<Closing | undefined> {
  const wish = /,? and (?:then )?(.+?) (?:meanwhile|while (?:they|it) runs?|in the meantime)\.?$/is.exec(
    situation.prompt,
  )?.[1];
  const path = /\b(?:create|write) (\S*[\w])/i.exec(wish ?? situation.prompt)?.[1];
  if (path === undefined) {
    const work = wish === undefined ? undefined : situation.as(wish);
    if (work) return yield* work;
    return wish === undefined ? undefined : failed(`I am a script and do not know how to do "${wish}".`);
  }
  const written = only(yield writeCall(situation, path, planText(when)));
  return failureOf(written) === undefined
    ? `${path} is written.`
    : failed(`I could not write ${path}: ${written.text}`);
}

const after = (words: string) => (words.includes("\n") ? `\n${words}\n` : ` ${words}`);

/** What has ended by now is told at once, and the rest when it ends. */
function tellStarted({ notes }: Situation, started: readonly Outcome[], meanwhile: string): string {
  const many = started.length === 1 ? "The command" : `${started.length} commands`;
  const ids = started.map(({ text }) => /\bbg_\w+/.exec(text)?.[0]);
  const ended = notes()
    .flatMap(endedTasks)
    .filter(({ id }) => ids.includes(id));
  const lines = ended.map((task) => `\n${lineOf(task)}`).join("");
  if (ended.length === 0)
    return `${many} started.${meanwhile} I will tell you what ${started.length === 1 ? "it prints" : "they print"}.`;
  if (ended.length === started.length)
    return `${started.length === 1 ? "It has" : "All of them have"} ended.${meanwhile}${lines}`;
  return `${many} started.${meanwhile} ${ended.length} ended already; I will tell you what the others print.${lines}`;
}

function* oneByOne(situation: Situation): Episode {
  const { commands } = situation;
  const outcomes = yield commands.map((command) => call("bash", { command }));
  const problems = outcomes.flatMap((outcome, index) => {
    const why = failureOf(outcome);
    return why === undefined ? [] : [`\`${commands[index]}\` failed: ${why}.`];
  });
  const meanwhile = yield* doMeanwhile(situation, "after the commands had run");
  const many =
    commands.length === 1 ? "The command ran" : `${commands.length} commands ran, one after the other`;
  const text = [
    `${many}.${meanwhile === undefined ? "" : after(wordsOfClosing(meanwhile))}`,
    ...problems,
  ].join("\n");
  return problems.length > 0 || typeof meanwhile === "object" ? failed(text) : text;
}

// eslint-disable-next-line require-yield
function* tellResults({ prompt, conversation }: Situation): Episode {
  return tellAll(endedTasks(prompt), conversation) || "Something ended, but I cannot read what.";
}

function* checkAll({ has }: Situation): Episode {
  if (!has("check_background")) return failed("I have no background tasks in this chapter.");
  return only(yield call("check_background")).text;
}

function* checkOne({ has, match }: Situation): Episode {
  if (!has("check_background")) return failed("I have no background tasks in this chapter.");
  return only(yield call("check_background", { task_id: match[1] ?? "" })).text;
}

/** There is a command for the user, and no tool for the model. */
function* stop({ has, match }: Situation): Episode {
  if (!has("check_background")) return failed("I have no background tasks in this chapter.");
  const listed = only(yield call("check_background"));
  const running = [...listed.text.matchAll(/^(bg_\w+) +(?:running|queued)\b/gm)].map(([, id]) => id);
  if (running.length === 0) return "Nothing runs in the background.";
  const id = match[1] ?? "all";
  const all = `${count(running.length, "task")} ${running.length === 1 ? "runs" : "run"} (${running.join(", ")})`;
  return failed(`${all}. I have no tool that stops one; you can: /bg stop ${id}`);
}

export const backgroundIntents: Intent[] = [
  intent(/^<background-results>/, tellResults),
  intent(
    /^(?:run|start) .*`.*in the background/is,
    runBeside,
    "Run `sleep 3` and `npm test` in the background, and create notes/plan.md meanwhile",
    "background_run",
  ),
  intent(
    /^run (?:all )?the tests in the background(.*)$/is,
    (s) => runBeside({ ...s, commands: ["npm test"] }),
    "Run the tests in the background, and make the failing test pass meanwhile",
    "background_run",
  ),
  intent(
    /^(?:stop|kill|end|cancel) (?:the )?(?:background )?task (bg_\w+)|^(?:stop|kill|end|cancel) (?:all )?(?:of )?(?:the )?background/i,
    stop,
    "Stop the background tasks",
    "background_run",
  ),
  intent(/^(?:stop|kill|end|cancel) (bg_\w+)/i, stop),
  intent(/^(?:check|show|how is|what about|is) (?:the )?(?:background )?(?:task )?(bg_\w+)/i, checkOne),
  intent(
    /^(?:check|show|list|what(?:'s| is)?(?: still)?(?: running)?) .*background/i,
    checkAll,
    "Check the background tasks",
    "check_background",
  ),
  intent(/^what(?:'s| is)? (?:still )?running/i, checkAll),
];
