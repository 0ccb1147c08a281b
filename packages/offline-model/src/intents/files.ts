// Plain requests about files and commands (s01, s02). Where a chapter offers no file tools,
// the same request is met with bash, as a model would.
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
} from "../episode.ts";
import { call, say } from "../reply.ts";
import { bash, linesOf, readCall, shortened, unquoted, writeCall } from "./calls.ts";
import { commandIn } from "./commands.ts";

/** Something to write where the user did not say what. */
function contentFor(path: string): string {
  if (path.endsWith(".ts") || path.endsWith(".js")) return 'console.log("Hello from the agent.");\n';
  return `# ${path.replace(/^.*\//, "").replace(/\.\w+$/, "")}\n\nWritten by the agent.\n`;
}

function* createAndPrint(situation: Situation): Episode {
  const path = unquoted((situation.match[1] ?? "").replace(/\.$/, ""));
  const given = situation.match[2];
  const content = given === undefined ? contentFor(path) : `${unquoted(given)}\n`;
  const written = only(yield writeCall(situation, path, content));
  if (failureOf(written) !== undefined) return failed(`I could not write ${path}: ${written.text}`);
  if (!/\bprint\b|\bshow\b/i.test(situation.prompt)) return `Created ${path}.`;
  const read = only(yield readCall(situation, path));
  return report(read, `Created ${path}. It holds:\n\n${read.text.trimEnd()}`);
}

function report(outcome: Outcome, success: string): Closing {
  return failureOf(outcome) === undefined ? success : failed(`That did not work: ${outcome.text}`);
}

function* readFiles(situation: Situation): Episode {
  const paths = (situation.match[1] ?? "")
    .split(/,| and /)
    .map((path) => unquoted(path))
    .filter(Boolean);
  const outcomes = yield paths.map((path) => readCall(situation, path));
  const parts = outcomes.map((outcome, index) => `${paths[index]}: ${firstLine(outcome)}`);
  return parts.join("\n");
}

function firstLine(outcome: Outcome): string {
  const lines = outcome.text.replace(/\n$/, "").split("\n");
  const first = lines.find((line) => line.trim() !== "") ?? "(empty)";
  if (failureOf(outcome) !== undefined) return first;
  const more = /^\[lines \d+ to (\d+); there is more/.exec(lines.at(-1) ?? "")?.[1];
  const size = more === undefined ? `${lines.length} lines` : `more than ${more} lines`;
  return `${size}, the first is "${first.trim()}"`;
}

function* replaceInFile(situation: Situation): Episode {
  const [, path = "", before = "", after = ""] = situation.match;
  if (situation.has("edit_file")) {
    const edited = only(yield call("edit_file", { file_path: path, old_string: before, new_string: after }));
    if (/not found/.test(edited.text))
      return failed(`${edited.text} If it was replaced before: npm run playground:reset.`);
    return report(edited, `Replaced "${before}" with "${after}" in ${path}.`);
  }
  // As a hurried model would: no quoting. It breaks on a slash or an apostrophe; that is the lesson.
  const edited = only(yield bash(`sed -i 's/${before}/${after}/' ${path} && cat ${path}`));
  const first = edited.text.split("\n")[0] ?? "";
  return failureOf(edited) === undefined
    ? `Done: ${path} now starts with "${first}".`
    : failed(`That did not work: ${first}`);
}

function* summarize(situation: Situation): Episode {
  const names = linesOf(only(yield bash("ls")).text).map((name) => name.trim());
  const readme = names.find((name) => /^readme/i.test(name));
  if (readme === undefined) return `This workspace holds ${names.length} entries: ${names.join(", ")}.`;
  const text = only(yield readCall(situation, readme)).text;
  const about = text.split("\n").find((line) => line.trim() !== "" && !line.startsWith("#"));
  return `This workspace holds ${names.join(", ")}; its ${readme} says: ${about?.trim() ?? "nothing"}`;
}

function* listAndRead(): Episode {
  const listed = only(yield [say("I look at what is here first."), bash("ls")]);
  const readme = /^README\S*/im.exec(listed.text)?.[0];
  if (readme === undefined) return "There is no README here.";
  const head = only(yield bash(`head -n 3 ${readme}`));
  return `${readme} starts with:\n\n${head.text.trimEnd()}`;
}

/** What stands between backticks, or a line that is a command; anything else may be a request in other words. */
function* runCommands({ commands, match, as }: Situation): Episode {
  const words = unquoted(match[1] ?? "").replace(/[.!]$/, "");
  const command = commandIn(words);
  const wanted = commands.length > 0 ? commands : command === undefined ? [] : [command];
  if (wanted.length === 0) {
    const other = as(words);
    if (other) return yield* other;
    return failed(`"${words}" does not look like a command to me. Put one between backticks: Run \`pwd\``);
  }
  const outcomes = yield wanted.map((one) => bash(one));
  const told = outcomes.map(({ text }, index) => `${wanted[index]}:\n${shortened(text)}`).join("\n\n");
  return outcomes.every((outcome) => failureOf(outcome) === undefined) ? told : failed(told);
}

/** "Do this, then that": one after the other, as long as it goes well. */
function* inTurn({ match, as }: Situation): Episode {
  const told: string[] = [];
  for (const request of match.slice(1)) {
    const closing = yield* as(request ?? "") ?? notUnderstood(request ?? "");
    told.push(wordsOfClosing(closing));
    if (typeof closing !== "string") return failed(told.join("\n\n"));
  }
  return told.join("\n\n");
}

/** Any tool that the client offers: for a tool of one's own, of which no other intent knows (s02). */
function* callTool({ match, has }: Situation): Episode {
  const [, name = "", json = ""] = match;
  if (!has(name)) return failed(`This client offers no tool ${name}.`);
  const input = parsed(json);
  if (input === undefined)
    return failed(`${json} is not a JSON object. Write it as in: Call ${name} {"file_path": "README.md"}`);
  return only(yield call(name, input)).text;
}

function parsed(json: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(json) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

// eslint-disable-next-line require-yield
function* notUnderstood(request: string): Episode {
  return failed(`I am a script and do not know how to do "${request}".`);
}

export const fileIntents: Intent[] = [
  intent(
    /^summari[sz]e (?:the|this)(?: current)? (?:workspace|project|folder)/i,
    summarize,
    "Summarize the current workspace in one sentence",
  ),
  intent(
    /^list the files(?: here)?,? (?:and|then) show .*README/i,
    listAndRead,
    "List the files here, then show the first lines of the README",
  ),
  intent(
    /^in (\S+),? (?:replace|change) "([^"]*)" (?:with|by|to|into) "([^"]*)"/i,
    replaceInFile,
    'In README.md replace "old" with "new"',
  ),
  intent(
    /^(?:create|write|make) (?:the file |a (?:new )?file (?:called |named )?)?(\S*[./]\S*?)(?: (?:with|containing) (?:the (?:text|content) )?("(?:[^"]|"(?!$| and))*"|\S+))?(?:,? and (?:print|show).*)?$/is,
    createAndPrint,
    'Create notes/hello.ts with "some text" and print it',
  ),
  intent(/^call (\w+)(?: with)? (\{.*\})\.?$/is, callTool, 'Call read_file {"file_path": "README.md"}'),
  intent(/^read ((?!what\b).+?)\.?$/i, readFiles, "Read README.md and package.json"),
  intent(/^(?:run|execute) (.+)$/is, runCommands, "Run pwd"),
  intent(/^([^`"]+?),? (?:and )?then ([^`"]+)$/i, inTurn),
];
