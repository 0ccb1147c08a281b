// Plain requests about files and commands (s01, s02). Where a chapter offers no file tools,
// the same request is met with bash, as a model would.
import { intent, only, type Episode, type Intent, type Outcome, type Situation } from "../brain.ts";
import { call, say } from "../reply.ts";

/** One shell word, whatever it holds. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function unquoted(text: string): string {
  return text.trim().replace(/^(["'`])(.*)\1$/s, "$2");
}

function readCall({ has }: Situation, path: string) {
  return has("read_file")
    ? call("read_file", { file_path: path })
    : call("bash", { command: `cat ${quoted(path)}` });
}

export function writeCall({ has }: Situation, path: string, content: string) {
  if (has("write_file")) return call("write_file", { file_path: path, content });
  const slash = path.lastIndexOf("/");
  const folder = slash > 0 ? `mkdir -p ${quoted(path.slice(0, slash))} && ` : "";
  return call("bash", { command: `${folder}printf '%s' ${quoted(content)} > ${quoted(path)}` });
}

function report(outcome: Outcome, success: string): string {
  return outcome.isError ? `That did not work: ${outcome.text}` : success;
}

/** Something to write where the user did not say what. */
export function contentFor(path: string): string {
  if (path.endsWith(".ts") || path.endsWith(".js")) return 'console.log("Hello from the agent.");\n';
  return `# ${path.replace(/^.*\//, "").replace(/\.\w+$/, "")}\n\nWritten by the agent.\n`;
}

function* createAndPrint(situation: Situation): Episode {
  const path = unquoted(situation.match[1] ?? "");
  const given = situation.match[2];
  const content = given === undefined ? contentFor(path) : `${unquoted(given)}\n`;
  const written = only(yield writeCall(situation, path, content));
  if (written.isError) return `I could not write ${path}: ${written.text}`;
  if (!/\bprint\b|\bshow\b/i.test(situation.prompt)) return `Created ${path}.`;
  const read = only(yield readCall(situation, path));
  return report(read, `Created ${path}. It holds:\n\n${read.text.trimEnd()}`);
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

function firstLine({ text, isError }: Outcome): string {
  const lines = text.replace(/\n$/, "").split("\n");
  const first = lines.find((line) => line.trim() !== "") ?? "(empty)";
  return isError ? first : `${lines.length} lines, the first is "${first.trim()}"`;
}

function* replaceInFile(situation: Situation): Episode {
  const [, path = "", before = "", after = ""] = situation.match;
  if (situation.has("edit_file")) {
    const edited = only(yield call("edit_file", { file_path: path, old_string: before, new_string: after }));
    if (/not found/.test(edited.text))
      return `${edited.text} If it was replaced before: npm run playground:reset.`;
    return report(edited, `Replaced "${before}" with "${after}" in ${path}.`);
  }
  // As a hurried model would: no quoting. It breaks on a slash or an apostrophe; that is the lesson.
  const command = `sed -i 's/${before}/${after}/' ${path} && cat ${path}`;
  const edited = only(yield call("bash", { command }));
  const first = edited.text.split("\n")[0] ?? "";
  return /(^|\n)\[exit code/.test(edited.text) || edited.isError
    ? `That did not work: ${first}`
    : `Done: ${path} now starts with "${first}".`;
}

function* summarize(situation: Situation): Episode {
  const listed = only(yield call("bash", { command: "ls" }));
  const names = listed.text
    .split("\n")
    .map((name) => name.trim())
    .filter(Boolean);
  const readme = names.find((name) => /^readme/i.test(name));
  if (readme === undefined) return `This workspace holds ${names.length} entries: ${names.join(", ")}.`;
  const text = only(yield readCall(situation, readme)).text;
  const about = text.split("\n").find((line) => line.trim() !== "" && !line.startsWith("#"));
  return `This workspace holds ${names.join(", ")}; its ${readme} says: ${about?.trim() ?? "nothing"}`;
}

function* listAndRead(): Episode {
  const listed = only(yield [say("I look at what is here first."), call("bash", { command: "ls" })]);
  const readme = /^README\S*/im.exec(listed.text)?.[0];
  if (readme === undefined) return "There is no README here.";
  const head = only(yield call("bash", { command: `head -n 3 ${readme}` }));
  return `${readme} starts with:\n\n${head.text.trimEnd()}`;
}

function* runCommands({ commands, match }: Situation): Episode {
  const wanted = commands.length > 0 ? commands : [unquoted(match[1] ?? "").replace(/\.$/, "")];
  const outcomes = yield wanted.map((command) => call("bash", { command }));
  return outcomes.map((outcome, index) => `${wanted[index]}:\n${shortened(outcome.text)}`).join("\n\n");
}

/** The first lines, and what the harness says in brackets. */
function shortened(text: string): string {
  const lines = text.trimEnd().split("\n");
  if (lines.length <= 12) return lines.join("\n");
  const kept = lines.filter((line, index) => index < 8 || /^\[.*\]$/.test(line));
  return `${kept.join("\n")}\n(and ${lines.length - kept.length} more lines)`;
}

export const fileIntents: Intent[] = [
  intent(
    /^summari[sz]e (?:the|this)(?: current)? workspace/i,
    summarize,
    "Summarize the current workspace in one sentence",
  ),
  intent(
    /^list the files(?: here)?,? (?:and|then) show .*README/i,
    listAndRead,
    "List the files here, then show the first lines of the README",
  ),
  intent(
    /^in (\S+),? replace "([^"]*)" with "([^"]*)"/i,
    replaceInFile,
    'In README.md replace "old" with "new"',
  ),
  intent(
    /^create (?:the file |a file )?(\S+?)(?: (?:with|containing) (?:the text )?("(?:[^"]|"(?!$| and))*"|\S+))?(?: and (?:print|show).*)?$/is,
    createAndPrint,
    'Create notes/hello.ts with "some text" and print it',
  ),
  intent(/^read (.+?)\.?$/i, readFiles, "Read README.md and package.json"),
  intent(/^(?:run|execute) (.+)$/is, runCommands, "Run pwd"),
];
