// The tests, and a failing one: run it, read what it tests, change a line, run it again. A change that does not
// help is taken back. Not covered: mistakes that are not in the table of repairs.ts.
import {
  failed,
  failureOf,
  intent,
  known,
  only,
  type Closing,
  type Episode,
  type Intent,
  type Situation,
  type Work,
} from "../episode.ts";
import { think } from "../reply.ts";
import { exchangesOf, wordsOf } from "../words.ts";
import { tallyIn } from "./background-results.ts";
import { andList, bash, editCall, readCall } from "./calls.ts";
import { guessesFor, type Guess } from "./repairs.ts";

const MOST_GUESSES = 6;

/** The playground's script for its failing test: where that passes, an earlier prompt has mended it. */
const BUGS = "npm run test:bugs";
const MENDED = " If it was mended before: npm run playground:reset.";

/** The commands that run tests here: those of a part first, since they are quicker. */
function* testCommands(situation: Situation): Work<string[]> {
  const { text, isError } = yield* known(readCall(situation, "package.json"));
  const scripts = isError ? [] : [...text.matchAll(/"(test(?::[\w-]+)?)":/g)].map(([, name = ""]) => name);
  const parts = scripts.filter((name) => name !== "test").map((name) => `npm run ${name}`);
  return [...new Set([...parts, "npm test"])];
}

interface Failure {
  command: string;
  text: string;
  /** The test's file, and what it is called. */
  file?: string | undefined;
  name: string;
  /** "expected 1, got 2"; empty where the runner does not say. */
  difference: string;
}

/** Runs the commands one by one, up to the first that fails; that one, or undefined. */
function* firstFailure(commands: readonly string[], thought: string): Work<Failure | undefined> {
  for (const [index, command] of commands.entries()) {
    const first = index === 0 ? thought : `That passes. Let me run \`${command}\`, too.`;
    const outcome = yield* known([think(first), bash(command)]);
    if (failureOf(outcome) !== undefined) return readFailure(command, outcome.text);
  }
  return undefined;
}

/** What node --test says in its two forms, and what other runners say in the same words. */
function readFailure(command: string, text: string): Failure {
  const name = /^\s*(?:not ok \d+ - |[✖✗×] )(.+?)(?: \([\d.]+ ?ms\))?$/m.exec(text)?.[1];
  const places = text.matchAll(/(?:file:\/\/)?([\w@./-]*[\w-]+\.(?:test|spec)\.[cm]?[jt]sx?):\d+/g);
  const files = [...places].map(([, path = ""]) => path);
  const file = files.find((path) => !path.startsWith("/")) ?? files[0];
  const expected = /^\s*expected: (.+?),?$/m.exec(text)?.[1];
  const actual = /^\s*actual: (.+?),?$/m.exec(text)?.[1];
  const difference = expected === undefined ? "" : `expected ${expected}, got ${actual ?? "nothing"}`;
  return { command, text, file, name: name ?? command, difference };
}

function* runTests(): Episode {
  const outcome = only(yield bash("npm test"));
  const why = failureOf(outcome);
  const tally = tallyIn(outcome.text);
  const counted = tally === undefined ? "" : `: ${tally}`;
  if (why === undefined) return `The tests pass (npm test${counted}).`;
  const { name, difference } = readFailure("npm test", outcome.text);
  return failed(`The tests fail (npm test, ${why}${counted}): ${name}${difference && `; ${difference}`}.`);
}

/** The sources that a test imports, as paths of the workspace. */
function importsOf(file: string, text: string): string[] {
  const folder = file.split("/").slice(0, -1);
  return [...text.matchAll(/from ["'](\.[^"']+)["']/g)].map(([, path = ""]) => {
    const parts = [...folder];
    for (const part of path.split("/")) {
      if (part === "..") parts.pop();
      else if (part !== ".") parts.push(part);
    }
    return parts.join("/");
  });
}

/** Reads the failing test and what it imports; returns the sources with their contents. */
function* readSources(situation: Situation, failure: Failure): Work<[string, string][]> {
  const { file } = failure;
  if (file === undefined) return [];
  const said = failure.difference === "" ? failure.name : failure.difference;
  const test = yield* known([
    think(`"${failure.name}" fails: ${said}. I'll look at what it tests.`),
    readCall(situation, file),
  ]);
  const sources: [string, string][] = [];
  for (const path of importsOf(file, test.text)) {
    const source = yield* known(readCall(situation, path));
    if (!source.isError) sources.push([path, source.text]);
  }
  return sources;
}

/** Makes one change and runs the test again; takes the change back if it did not help. */
function* tryGuess(situation: Situation, guess: Guess, command: string): Work<string | undefined> {
  const { path, before, after, reason } = guess;
  const edited = only(
    yield [think(`I suspect \`${before}\`: ${reason}.`), editCall(situation, path, [before, after])],
  );
  if (failureOf(edited) !== undefined) return `I could not change ${path}: ${edited.text}`;
  const again = yield* known([think("Changed. Does the test pass now?"), bash(command)]);
  if (failureOf(again) === undefined) return undefined;
  const undone = only(
    yield [think("It still fails, so I take that back."), editCall(situation, path, [after, before])],
  );
  return failureOf(undone) === undefined ? "" : `I could not take my change of ${path} back: ${undone.text}`;
}

function* fixTest(situation: Situation): Episode {
  const commands = yield* testCommands(situation);
  const failure = yield* firstFailure(commands, "First I run the tests, to see what fails.");
  if (!failure) return nothingFails(situation, commands);
  const sources = yield* readSources(situation, failure);
  const guesses = sources.flatMap(([path, content]) => guessesFor(path, content)).slice(0, MOST_GUESSES);
  for (const guess of guesses) {
    const problem = yield* tryGuess(situation, guess, failure.command);
    if (problem === undefined) return yield* report(guess, failure, commands);
    if (problem !== "") return failed(problem);
  }
  const tried =
    guesses.length === 0
      ? "I know no repair for it"
      : `I tried ${guesses.length} changes, and took them back`;
  return failed(`${describe(failure)}. ${tried}: I am a script and know only a few kinds of mistakes.`);
}

function describe({ name, difference, command, file }: Failure): string {
  const where = file === undefined ? command : `${file}, ${command}`;
  return `"${name}" fails (${where})${difference && `: ${difference}`}`;
}

/** Says what was wrong, after everything else has been run, too. */
function* report(guess: Guess, failure: Failure, commands: readonly string[]): Work<Closing> {
  const others = commands.filter((command) => command !== failure.command);
  const broken = yield* firstFailure(others, "It passes. Did that break anything else?");
  const line = guess.content.slice(0, guess.content.indexOf(guess.before)).split("\n").length;
  const fixed = [
    `"${failure.name}" passes now.`,
    `What was wrong, in ${guess.path}, line ${line}: ${guess.reason}.`,
    `  - ${guess.before}`,
    `  + ${guess.after}`,
  ];
  if (!broken) return [...fixed, `${andList(commands)} pass.`].join("\n");
  return failed([...fixed, `But ${describe(broken)}. Look at that before you keep the change.`].join("\n"));
}

/** Nothing fails; where this request changed a file before its first results were left out, it says so. */
function nothingFails(situation: Situation, commands: readonly string[]): string {
  const pass = `${andList(commands)} ${commands.length === 1 ? "passes" : "pass"}`;
  const changed = changedFiles(situation);
  if (changed.length === 0) return `Nothing fails: ${pass}.${commands.includes(BUGS) ? MENDED : ""}`;
  return `Nothing fails any more: ${pass}. I had to change ${andList(changed)} for that.`;
}

/** Files that were edited since the prompt, as far as the conversation or its summary shows. */
function changedFiles({ conversation, notes }: Situation): string[] {
  const from = conversation.findLastIndex(
    (message) => message.role === "user" && wordsOf(message).prompt !== "",
  );
  const calls = exchangesOf(conversation.slice(from)).flatMap((exchange) => exchange.calls);
  const edits = calls.filter(({ name }) => /^(?:edit_file|Edit)$/.test(name));
  const told = notes().filter((note) => note.startsWith("<conversation-summary>"));
  const paths = [JSON.stringify(edits.map(({ input }) => input)), ...told].flatMap((text) =>
    [...text.matchAll(/"file_path":"([^"]+)","old_string"/g)].map(([, path = ""]) => path),
  );
  return [...new Set(paths)];
}

function* explainFailure(situation: Situation): Episode {
  const commands = yield* testCommands(situation);
  const failure = yield* firstFailure(commands, "I run the tests, to see what fails.");
  if (!failure) return nothingFails(situation, commands);
  const sources = yield* readSources(situation, failure);
  const [guess] = sources.flatMap(([path, content]) => guessesFor(path, content));
  const suspicion = guess
    ? ` I suspect \`${guess.before}\` in ${guess.path}: ${guess.reason}. I have changed nothing.`
    : "";
  return `${describe(failure)}.${suspicion}`;
}

const TESTS = "(?:all )?(?:the |our |my )?(?:unit )?(?:tests?|test suite|suite)";

export const repairIntents: Intent[] = [
  intent(
    /^(?:make|get) (?:the|that|this|all|every)?\s*(?:failing |broken |red )?tests? (?:to )?(?:pass|green|work)\b/i,
    fixTest,
    "Make the failing test pass",
  ),
  intent(
    /^(?:fix|repair|mend|solve) (?:the |that |this |a |any )?(?:failing |broken |red |reported )?(?:tests?|bugs?|build)\b/i,
    fixTest,
  ),
  intent(
    /^(?:which|what) tests? (?:is |are )?(?:fail|broken|red)/i,
    explainFailure,
    "Why does the test fail?",
  ),
  intent(
    /^(?:why|what).*\btests? .*\bfail|^what(?:'s| is) (?:wrong|broken|failing)\b|^why .*(?:test|fail)/i,
    explainFailure,
  ),
  intent(
    new RegExp(`^(?:run|execute|start|check) ${TESTS}(?: again)?[.!?]*$`, "i"),
    runTests,
    "Run the tests",
  ),
  intent(
    /^(?:do|are|did) (?:all )?(?:the |our |my )?tests? (?:all )?(?:pass|green|ok|still pass)\w*\??$/i,
    runTests,
  ),
  intent(/^tests?[.!?]*$/i, runTests),
];
