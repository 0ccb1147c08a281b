// Changes of a programmer's day: a function more, a line, a file less. What was added is run before it is called done.
import {
  failed,
  failureOf,
  intent,
  known,
  only,
  type Episode,
  type Intent,
  type Situation,
  type Work,
} from "../episode.ts";
import { call, think } from "../reply.ts";
import { FILE, andList, bash, linesOf, PATH, quoted, readCall, writeCall } from "./calls.ts";
import { KNOWN_FUNCTIONS, type KnownFunction } from "./functions.ts";

/** Appends the function and a test of its own, and runs that test. */
function* addFunction(situation: Situation): Episode {
  const { match, commands } = situation;
  const [, name = "", parameters, path = ""] = match;
  const returned = /\bthat returns/i.test(match.input) ? commands.at(-1) : undefined;
  const made: KnownFunction | undefined =
    returned === undefined
      ? KNOWN_FUNCTIONS[name]
      : { code: `export function ${name}(${parameters ?? "value"}) {\n  return ${returned};\n}\n` };
  if (!made)
    return failed(
      `I am a script and do not know what ${name} should do. I know ${andList(Object.keys(KNOWN_FUNCTIONS))}; or say: Add a function ${name}(a, b) to ${path} that returns \`a + b\``,
    );
  const file = yield* known(readCall(situation, path));
  if (failureOf(file) !== undefined) return failed(file.text);
  if (new RegExp(`\\bfunction ${name}\\b`).test(file.text))
    return failed(`${path} has a function ${name} already.`);
  const last = linesOf(file.text).at(-1) ?? "";
  const problem = yield* append(situation, path, file.text, `\n${made.code}`);
  if (problem !== undefined) return failed(`I could not add it to ${path} after "${last}": ${problem}`);
  const added = `${name} is in ${path}`;
  const checked =
    made.expected === undefined ? yield* loads(path) : yield* tested(situation, name, path, made);
  return checked.problem === undefined
    ? `${added}${checked.told}`
    : failed(`${added}, but ${checked.problem}`);
}

interface Checked {
  told: string;
  /** Why the check failed. */
  problem?: string;
}

function* loads(path: string): Work<Checked> {
  const command = `node -e ${quoted(`import("./${path}")`)}`;
  const outcome = only(yield [think("Does the file still load?"), bash(command)]);
  const told = ". The file loads; I wrote no test.";
  if (failureOf(outcome) === undefined) return { told };
  return { told, problem: `the file does not load any more: ${outcome.text}` };
}

function* tested(situation: Situation, name: string, path: string, made: KnownFunction): Work<Checked> {
  const test = `test/${name}.test.js`;
  const command = `node --test ${test}`;
  const told = `, and ${test} tests it. ${command} passes.`;
  const written = only(
    yield [
      think("Now a test that says what it must do."),
      writeCall(situation, test, testOf(name, path, made)),
    ],
  );
  if (failureOf(written) !== undefined)
    return { told, problem: `I could not write ${test}: ${written.text}` };
  const why = failureOf(only(yield [think("And I run it."), bash(command)]));
  return why === undefined ? { told } : { told, problem: `${command} fails (${why}).` };
}

function* append(situation: Situation, path: string, text: string, code: string): Work<string | undefined> {
  const content = `${text.trimEnd()}\n${code}`;
  // Only what came whole can be written back.
  const isWhole = !/^\[.*(?:there is more|left out).*\]$/m.test(text);
  const edit =
    situation.has("write_file") && isWhole
      ? call("write_file", { file_path: path, content })
      : bash(`printf '%s' ${quoted(code)} >> ${quoted(path)}`);
  const outcome = only(yield [think(`I put it at the end of ${path}.`), edit]);
  return failureOf(outcome) && outcome.text;
}

function testOf(name: string, path: string, { input, expected }: KnownFunction): string {
  return `import assert from "node:assert/strict";
import test from "node:test";
import { ${name} } from "../${path}";

test("${name}", () => assert.deepEqual(${name}(${input}), ${expected}));
`;
}

function* addLine(situation: Situation): Episode {
  const [, text = "", path = ""] = situation.match;
  const outcome = only(yield bash(`printf '%s\\n' ${quoted(text)} >> ${quoted(path)}`));
  return failureOf(outcome) === undefined ? `Added "${text}" at the end of ${path}.` : failed(outcome.text);
}

function act(command: (path: string) => string, done: string) {
  return function* ({ match }: Situation): Episode {
    const path = match[1] ?? "";
    const outcome = only(yield bash(command(quoted(path))));
    return failureOf(outcome) === undefined ? `${path} is ${done}.` : failed(outcome.text);
  };
}

export const changeIntents: Intent[] = [
  intent(
    new RegExp(
      `^(?:add|write|create|implement) (?:a |the )?(?:new )?function (?:called |named )?[\`"']?([A-Za-z_$][\\w$]*)[\`"']?(?:\\(([\\w, ]*)\\))?[\`"']? (?:to|in|into) ${FILE}`,
      "i",
    ),
    addFunction,
    "Add a function initials to src/names.js",
  ),
  intent(
    new RegExp(`^(?:append|add) (?:the (?:line|text) )?"([^"]+)" (?:to|at the end of) ${FILE}\\.?$`, "i"),
    addLine,
    'Append "one more line" to README.md',
  ),
  intent(
    new RegExp(`^(?:delete|remove) (?:the (?:file|folder) )?${FILE}\\.?$`, "i"),
    act((path) => `rm -r ${path}`, "deleted"),
    "Delete notes/hello.txt",
  ),
  intent(
    new RegExp(
      `^(?:make|create) (?:a |the )?(?:new )?(?:folder|directory) (?:called |named )?${PATH}\\.?$`,
      "i",
    ),
    act((path) => `mkdir -p ${path}`, "there"),
    "Make a folder drafts",
  ),
];
