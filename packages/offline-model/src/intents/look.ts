// Questions about what is here: files and what stands in them. All of them are answered by looking.
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
import {
  FILE,
  andList,
  bash,
  count,
  linesOf,
  outputOf,
  quoted,
  readCall,
  shortened,
  unquoted,
  withoutNotes,
} from "./calls.ts";

/** Paths that no search should enter. */
const NOT_IN = "--exclude-dir=.git --exclude-dir=node_modules";
function* whatIsHere(): Episode {
  const listed = yield* outputOf("ls -p");
  if (listed === undefined) return failed("I cannot list this folder.");
  const names = linesOf(listed).map((name) => name.trim());
  const folders = names.filter((name) => name.endsWith("/"));
  const files = names.filter((name) => !name.endsWith("/"));
  const parts = [
    ...(folders.length > 0 ? [`${count(folders.length, "folder")}: ${folders.join(" ")}`] : []),
    ...(files.length > 0 ? [`${count(files.length, "file")}: ${files.join(" ")}`] : []),
  ];
  return parts.length === 0 ? "Nothing: the folder is empty." : parts.join("\n");
}

function* listFolder({ match }: Situation): Episode {
  const path = match[1] ?? ".";
  const outcome = only(yield bash(`ls -p ${quoted(path)}`));
  if (failureOf(outcome) !== undefined) return failed(outcome.text);
  return `${path} holds ${linesOf(withoutNotes(outcome)).join(" ") || "nothing"}`;
}

/** What the first comments say, what it exports and imports. */
function* explain(situation: Situation): Episode {
  const path = situation.match[1] ?? "";
  const outcome = yield* known(readCall(situation, path));
  if (failureOf(outcome) !== undefined) return failed(outcome.text);
  const { text } = outcome;
  const documented = [
    ...text.matchAll(/\/\*\*\s*([\s\S]*?)\s*\*\/\s*export (?:async )?(?:function|class|const) (\w+)/g),
  ];
  const exported = [...text.matchAll(/^export (?:default )?(?:async )?(?:function|class|const) (\w+)/gm)].map(
    ([, name = ""]) => name,
  );
  const imported = [...text.matchAll(/from ["']([^"']+)["']/g)].map(([, from = ""]) => from);
  const told = documented.map(
    ([, says = "", name = ""]) => `  ${name}: ${says.replace(/\s*\n\s*\*?\s*/g, " ")}`,
  );
  const tests = [...text.matchAll(/^\s*(?:test|it)\(\s*["'`](.+?)["'`]/gm)].map(
    ([, name = ""]) => `  tests that ${name}`,
  );
  const about = linesOf(text).find((line) => !/^(?:#|---|import |export |\{|\}|<)/.test(line));
  const found = [
    ...(exported.length > 0 ? [`It exports ${andList(exported)}.`] : []),
    ...told,
    ...tests,
    ...(imported.length > 0 ? [`It uses ${andList(imported)}.`] : []),
  ];
  const body = found.length > 0 ? found : [`It begins: ${about?.trim() ?? "(it is empty)"}`];
  return [`${path} has ${count(text.replace(/\n$/, "").split("\n").length, "line")}.`, ...body].join("\n");
}

function* show(situation: Situation): Episode {
  const path = situation.match[1] ?? "";
  const outcome = only(yield readCall(situation, path));
  if (failureOf(outcome) !== undefined) return failed(outcome.text);
  return `${path}:\n\n${shortened(outcome.text, 60)}`;
}

function* showPart({ match }: Situation): Episode {
  const [, end = "first", number = "10", path = ""] = match;
  const command = /last/i.test(end) ? "tail" : "head";
  const outcome = only(yield bash(`${command} -n ${number} ${quoted(path)}`));
  return failureOf(outcome) === undefined
    ? withoutNotes(outcome) || `${path} is empty.`
    : failed(outcome.text);
}

/** grep and find say by their exit code whether there was anything; 1 is no error of grep's. */
function* search(command: string, what: string): Work<Closing> {
  const outcome = only(yield bash(command));
  const why = failureOf(outcome);
  if (why === "exit code 1" || withoutNotes(outcome) === "") return `${what} is nowhere here.`;
  return why === undefined ? shortened(withoutNotes(outcome), 30) : failed(outcome.text);
}

function findText({ match }: Situation): Episode {
  const text = unquoted(match[1] ?? match[2] ?? "");
  return search(`grep -rnF ${NOT_IN} -- ${quoted(text)} .`, `"${text}"`);
}

function findFile({ match }: Situation): Episode {
  const name = unquoted(match[1] ?? "").replace(/^.*\//, "");
  return search(`find . -name ${quoted(name)} -not -path '*/node_modules/*' -not -path './.git/*'`, name);
}

function findTodos(): Episode {
  return search(`grep -rnE ${NOT_IN} 'TODO|FIXME' .`, "TODO or FIXME");
}

function* countLines({ match }: Situation): Episode {
  const path = match[1] ?? match[2];
  const command = path === undefined ? "git ls-files | xargs wc -l" : `wc -l ${quoted(path)}`;
  const outcome = only(yield bash(command));
  if (failureOf(outcome) !== undefined) return failed(outcome.text);
  const lines = /^\s*(\d+)(?: total)?\b/.exec(linesOf(outcome.text).at(-1) ?? "")?.[1];
  return path === undefined
    ? `${lines} lines in all files that git knows:\n${shortened(outcome.text)}`
    : `${path} has ${lines} lines.`;
}

function* scripts(situation: Situation): Episode {
  const { text, isError } = only(yield readCall(situation, "package.json"));
  const [, block = ""] = /"scripts": \{([^}]*)\}/.exec(text) ?? [];
  const found = [...block.matchAll(/"([^"]+)": "((?:[^"\\]|\\.)*)"/g)].map(
    ([, name, command]) => `  npm run ${name}: ${command}`,
  );
  if (isError || found.length === 0) return failed("There is no package.json with scripts here.");
  return `package.json has ${count(found.length, "script")}:\n${found.join("\n")}`;
}

function answer(command: string) {
  return function* (): Episode {
    const outcome = only(yield bash(command));
    return failureOf(outcome) === undefined ? withoutNotes(outcome) : failed(outcome.text);
  };
}

export const lookIntents: Intent[] = [
  intent(
    /^(?:what(?:'s| is)(?: all)? (?:in )?(?:here|(?:this|the|my) (?:folder|directory|project|workspace|repo(?:sitory)?))|what (?:files|do we have|have we got)\b.*|(?:list|show)(?: me)? (?:all )?(?:the |my |our )?(?:files|folder|project|workspace|directory)(?: here)?|look around|ls|which files are (?:here|there))[?.!]*$/i,
    whatIsHere,
    "What is here?",
  ),
  intent(
    /^(?:what(?:'s| is) in|list|show(?: me)?) (?:the )?(?:files (?:in|of) )?(?:the )?(?:folder |directory )?[`"']?([\w./-]+?)\/?[`"']?(?: folder| directory|\/)[?.]*$/i,
    listFolder,
  ),
  intent(
    /^(?:list|count|find|show)(?: me)? (?:all )?(?:the |my |our )?(?:todos|fixmes)\b/i,
    findTodos,
    "List the TODOs",
  ),
  intent(
    /^(?:list|show|which|what)(?: me)? (?:are |all )?(?:the |npm )*scripts\b.*|^what can i run.*/i,
    scripts,
    "Which scripts are there?",
  ),
  intent(
    new RegExp(
      `^(?:print|show|give)(?: me)? (?:the )?(first|last)(?: (\\d+))? lines? (?:of|in|from) (?:the (?:file|log) )?${FILE}`,
      "i",
    ),
    showPart,
    "Show the last 5 lines of logs/server.log",
  ),
  intent(
    new RegExp(
      `^how (?:many lines|long|large|big) (?:does |is |has |are in |are there in )?(?:the file )?${FILE}|^count (?:the )?lines (?:of|in) ${FILE}`,
      "i",
    ),
    countLines,
    "How many lines does src/names.js have?",
  ),
  intent(/^(?:how many lines|count (?:the |all )?lines)\b.*/i, countLines),
  intent(
    new RegExp(
      `^(?:explain|describe|summari[sz]e)(?: me)?(?: to me)? (?:the )?(?:file |code (?:in|of) )?${FILE}(?: to me)?[.?]*$`,
      "i",
    ),
    explain,
    "Explain src/greet.js",
  ),
  intent(
    new RegExp(
      `^what (?:does|is|stands in|happens in) (?:the file |in )?${FILE}(?: do| for| about| hold| contain| say)?[?.]*$`,
      "i",
    ),
    explain,
  ),
  intent(
    new RegExp(
      `^(?:show|print|open|display|cat|view)(?: me)? (?:the )?(?:file |content(?:s)? of )?${FILE}[.?]*$`,
      "i",
    ),
    show,
    "Show README.md",
  ),
  intent(
    new RegExp(
      `^(?:find|locate|where is|where's) (?:the |a )?(?:file )?(?:called |named )?[\`"']?([\\w*@-]+\\.[\\w.*]+)[\`"']?[?.]*$`,
      "i",
    ),
    findFile,
    "Find the file names.js",
  ),
  intent(
    /^(?:where (?:is|do (?:we|i|you) (?:use|call|mention|say)|does it say)|who (?:uses|calls)|search for|grep(?: for)?|look for|find(?: all)?(?: uses of| occurrences of| the (?:text|word|string|uses of))?) (?:the (?:text|word|string|function) )?(?:("[^"]+"|'[^']+'|`[^`]+`)|([\w.$-]+))(?: (?:used|called|defined|mentioned|in (?:the|this) (?:code|project)|here))*[?.]*$/i,
    findText,
    "Where is capitalize used?",
  ),
  intent(
    /^(?:where am i|which folder (?:is this|am i in|are we in)|what is the (?:current|working) (?:folder|directory)|pwd)[?.]*$/i,
    answer("pwd"),
    "Where am I?",
  ),
  intent(
    /^(?:which|what) (?:version of node|node version)\b.*/i,
    answer("node --version"),
    "Which version of node is this?",
  ),
  intent(
    /^what(?:'s| is) the (?:time|date)\b.*|^what (?:time|day) is it.*/i,
    answer("date"),
    "What time is it?",
  ),
];
