// Work with tools of MCP servers (s19). They are called by names that only the client knows: what servers offer stands in
// its notes, and a tool is loaded before it is called. Where no server is there, the model looks in the files.
import {
  failed,
  failureOf,
  intent,
  only,
  type Episode,
  type Intent,
  type Outcome,
  type Situation,
  type Work,
} from "../episode.ts";
import { call } from "../reply.ts";
import { textsOf } from "../words.ts";
import { bash, editCall, quoted, readCall, shortened, withoutNotes } from "./calls.ts";

const NO_TRACKER =
  "I reach no tracker from here: no server offers one. To connect one: npm run s19 -- --mcp-config chapters/s19-mcp-plugin/tracker.mcp.json";

/** The whole name of a server's tool, as the notes have it; undefined if none offers it. */
function nameOf(texts: readonly string[], tool: string): string | undefined {
  const lines = texts.flatMap((text) => text.split("\n"));
  const found = lines.findLast((line) => new RegExp(`^- .*: (.*, )?${tool}(,|;|$)`).test(line));
  const [, start] = /, (mcp__[\w-]+__)\*: /.exec(found ?? "") ?? [];
  return start === undefined ? undefined : start + tool;
}

/** Loads a tool and calls it; undefined where no server offers it. */
function* use(situation: Situation, tool: string, input: Record<string, unknown>): Work<Outcome | undefined> {
  const name = nameOf(situation.conversation.flatMap(textsOf), tool);
  if (name === undefined) return undefined;
  yield call("load_tool", { query: `select:${name}` });
  return only(yield call(name, input));
}

function* search(situation: Situation, query: string): Work<Outcome | undefined> {
  return yield* use(situation, "search_issues", { query });
}

function* searchTracker(situation: Situation): Episode {
  const query = situation.commands[0] ?? situation.match[1] ?? "";
  const found = yield* search(situation, query);
  if (found) return found.text;
  const files = only(yield bash(`grep -rn --exclude-dir=.git ${quoted(query)} .`));
  return failed(
    `${NO_TRACKER}\nIn the files here, "${query}" is in:\n${shortened(withoutNotes(files), 6) || "none"}`,
  );
}

/** The issue says in which file; the fault is one that the script knows. */
function* fixIssue(situation: Situation): Episode {
  const issue = yield* search(situation, `#${situation.match[1]}`);
  if (!issue) return failed(NO_TRACKER);
  const [, title = "", path = ""] = /#\d+ (.+) \(([^)]+)\)/.exec(issue.text) ?? [];
  if (path === "") return failed(issue.text);
  const file = only(yield readCall(situation, path));
  const line = /names\[names\.length\]/.exec(file.text)?.[0];
  if (line === undefined) return failed(`${title}: I have read ${path}, and see nothing wrong in it.`);
  const edited = only(yield editCall(situation, path, [line, "names[names.length - 1]"]));
  if (failureOf(edited) !== undefined) return failed(edited.text);
  const tested = only(
    yield bash("node --test --test-reporter=tap bugs/*.test.js | grep -E '^# (pass|fail)'"),
  );
  return `Fixed in ${path}: ${title}. The last name's index was one too high. Tests of bugs: ${withoutNotes(tested).replace(/# /g, "").replace(/\n/g, ", ")}.`;
}

function* importIssues(situation: Situation): Episode {
  const done = yield* use(situation, "import_issues", {});
  return done ? done.text : failed(NO_TRACKER);
}

function* comment(situation: Situation): Episode {
  const [, name = "", id, words = ""] = situation.match;
  const signedIn = yield* use(situation, "sign_in", { name });
  if (!signedIn) return failed(NO_TRACKER);
  // The tool for comments comes only now; a moment later, the client has heard of it.
  for (let looks = 0; looks < 20 && nameOf(situation.notes(), "add_comment") === undefined; looks++)
    yield bash("sleep 0.1");
  const added = yield* use(situation, "add_comment", { id: Number(id), text: words });
  return added ? added.text : failed("I am signed in, and still there is no tool for comments.");
}

function* readResource({ conversation, match }: Situation): Episode {
  const texts = conversation.flatMap(textsOf);
  const server = /^- (.+?), mcp__.*search_issues/m.exec(texts.join("\n"))?.[1];
  if (server === undefined) return failed(NO_TRACKER);
  yield call("load_tool", { query: "select:read_resource" });
  return only(yield call("read_resource", { server, uri: match[1] })).text;
}

function* report(situation: Situation): Episode {
  const skill = only(yield call("load_skill", { name: "tracker:issue-report" }));
  if (skill.isError) return failed(skill.text);
  const issue = yield* search(situation, `#${situation.match[1]}`);
  if (!issue) return failed(NO_TRACKER);
  const [, title = "", path = ""] = /#\d+ (.+) \(([^)]+)\)/.exec(issue.text) ?? [];
  return `What the user sees: ${title}.\nWhere it comes from: ${path}, as the tracker says; I have not looked.\nWhat would show that it is fixed: a test of ${path}.`;
}

export const mcpIntents: Intent[] = [
  intent(/^fix issue #?(\d+)/i, fixIssue, "Fix issue 3 of the tracker", "load_tool"),
  intent(
    /^search the tracker for [`"']?([^`"']+)[`"']?/i,
    searchTracker,
    "Search the tracker for `list`",
    "load_tool",
  ),
  intent(/^import the (?:old )?issues/i, importIssues, "Import the issues of the old tracker", "load_tool"),
  intent(/^sign in to the tracker as (\w+),? and comment on issue #?(\d+): (.+)/is, comment),
  intent(/^what is in (\w+:\/\/\S+?)[?.]?$/i, readResource),
  intent(/^write a report on issue #?(\d+)/i, report),
];
