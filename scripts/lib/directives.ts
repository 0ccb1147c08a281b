// What <!-- name arguments --> is filled with, by name.
import { join } from "node:path";
import { benchTable } from "./bench-table.ts";
import { besideText } from "./beside.ts";
import type { BreakIts } from "./break-it.ts";
import { bypassTable } from "./bypass-table.ts";
import { daylightTable } from "./daylight-table.ts";
import { chaosRows } from "./chaos-rows.ts";
import { diffFile } from "./chapter-diff.ts";
import { CHAPTER_ID, chapters, findChapter, fromRoot, sourceFiles } from "./chapters.ts";
import type { Directive } from "./directive.ts";
import { readEdition } from "@course/runtime/terminal";
import { excerpt, outputMark } from "./excerpt.ts";
import { changes, chapterTable, facts, rail, tryItList } from "./facts.ts";
import { table } from "./format.ts";
import { checksTable, graded } from "./graded.ts";
import { fenceLanguage, fileOf, jsonLinesOf, messageList, requestOf, textOf } from "./requests.ts";
import { askedAbout } from "./question.ts";
import type { Run, Runs } from "./runs.ts";
import { seamTable, turnPicture } from "./seams.ts";
import { recordsIn, sourceOf } from "./symbols.ts";
import { takenUp } from "./taken-up.ts";
import { compareTable, contextTable, normalize, oneShot } from "./transcripts.ts";
import { transitionsPicture } from "./transitions-picture.ts";

/** What the directives of a page share. */
export interface FillContext {
  /** The page's path from the root. */
  page: string;
  runs: Runs;
  breaks: BreakIts;
}

type Fill = (directive: Directive, context: FillContext) => string | Promise<string>;

const FILLS: Readonly<Record<string, Fill>> = {
  code({ words: [path = "", symbol = ""], quotes }, { page }) {
    const link = `${"../".repeat(page.split("/").length - 1)}${path}`;
    return `[${path}](${link})\n\n${fence("ts", sourceOf(path, symbol, quotes))}`;
  },
  diff: ({ words: [before, after, file = "src/agent.ts"] }) =>
    fence("diff", diffFile(findChapter(before), findChapter(after), file).lines.join("\n")),
  async transcript({ words, quotes, options }, { runs }) {
    const { run } = await runFor(words, runs);
    const text = options["after"] === "yes" ? `${run.text}\n${run.after}` : run.text;
    const shown = normalize(text, run.folder);
    // How long it took differs with the machine, so it is shown only where that is the point.
    const time = options["seconds"] === "yes" ? `\n(${run.seconds} s)` : "";
    return fence(
      "text",
      excerpt(`${shown}${time}`, quotes, { of: `the run of ${words.join(" ")}`, mark: outputMark }),
    );
  },
  async oneshot({ words: [id = "", number, ...flags] }) {
    return fence("text", await oneShot(id, Number(number), flags));
  },
  async request({ words, quotes, options }, { runs }) {
    const { run } = await runFor(words, runs);
    const call = Number(options["call"] ?? 1);
    const { text, list } = options;
    if (text !== undefined || list !== undefined) {
      const shown = text === undefined ? messageList(run, call) : textOf(run, call, text);
      return fence("text", excerpt(shown, quotes, { of: `request ${call}`, mark: outputMark }));
    }
    const { request, reply } = requestOf(run, call, options["keep"]);
    const parts = [
      ...(request === "" ? [] : [`Request ${call}:`, fence("jsonc", request)]),
      ...(reply === "" ? [] : ["The reply:", fence("jsonc", reply)]),
    ];
    return parts.join("\n\n");
  },
  async file({ words, quotes, options }, { runs }) {
    const { run, rest } = await runFor(words, runs);
    const [path = ""] = rest;
    const { line, keep } = options;
    if (line !== undefined && keep !== undefined)
      return `\`${path}\`\n\n${fence("jsonc", jsonLinesOf(run, path, line, keep))}`;
    return `\`${path}\`\n\n${fence(fenceLanguage(path), fileOf(run, path, quotes, line))}`;
  },
  predict,
  break: ({ words: [id = "", name = ""] }, { breaks }) => breaks.get(id, name),
  async beside({ words: [before = "", after = "", number = ""] }) {
    return fence("text", await besideText(before, after, number));
  },
  chaos: async ({ words: [id = "", range = ""] }) => fence("text", await chaosRows(id, range)),
  async killed({ words: [id = "", number], quotes: [prompt = "", ...texts], options }) {
    const shown = await takenUp(id, Number(number), Number(options["write"]), prompt);
    return fence("text", excerpt(shown, texts, { of: `the run of ${id} that was killed`, mark: outputMark }));
  },
  compare: ({ words: [id = "", ...numbers] }, { runs }) => compareTable(runs, id, numbers),
  context: ({ words: [before = "", after = "", number = ""] }, { runs }) =>
    contextTable(runs, before, after, number),
  facts: ({ words: [id = ""] }) => facts(id),
  changed: ({ words: [before = "", after = ""] }) => changes(before, after),
  rail: ({ words: [id = ""] }) => rail(id),
  tryit: ({ words: [id = ""] }) => tryItList(id),
  edition: () => `Edition ${readEdition()}.`,
  chapters: () => chapterTable(),
  records: () => recordTable(),
  files: () => fileTable(),
  seams: () => seamTable(),
  turn: () => turnPicture(),
  bench: () => benchTable(),
  bypass: () => bypassTable(),
  async question({ words: [tool = "", path = ""], quotes, options }) {
    const { shown, kept } = await askedAbout(tool, path, quotes);
    return options["kept"] === "yes" ? fence("json", kept.trimEnd()) : fence("text", shown.trimEnd());
  },
  daylight: () => daylightTable(),
  transitions: () => transitionsPicture(),
  checks: ({ words: [stage = ""] }) => checksTable(stage),
  async graded({ words, quotes: [command = ""] }) {
    return fence("text", await graded(command, words));
  },
};

/** Throws an Error that says what is wrong with the directive, or with what it asks for. */
export async function fill(directive: Directive, context: FillContext): Promise<string> {
  const maker = FILLS[directive.name];
  if (!maker)
    throw new Error(`there is no <!-- ${directive.name} -->; there are ${Object.keys(FILLS).join(", ")}`);
  return (await maker(directive, context)).trimEnd();
}

/** The run that `s12 1` names, or `s02 1 s12` with another chapter's card; and the words after it. */
async function runFor(words: readonly string[], runs: Runs): Promise<{ run: Run; rest: readonly string[] }> {
  const [id, number, other = "", ...rest] = words;
  const isOther = new RegExp(`^${CHAPTER_ID}$`).test(other);
  const run = await runs.get(id, number, isOther ? other : undefined);
  return { run, rest: isOther ? rest : words.slice(2) };
}

/** <!-- predict s13 5 "question" request call=3 holds="words" -->: the answer is another directive, folded. */
async function predict({ words, quotes, options }: Directive, context: FillContext): Promise<string> {
  const [question, ...rest] = quotes;
  const kind = words.find((word) => ["request", "transcript", "file"].includes(word));
  if (question === undefined || kind === undefined)
    throw new Error(
      'expected <!-- predict s13 5 "the question" request -->, or transcript, or file with its path',
    );
  const answer = await fill(
    { name: kind, words: words.filter((word) => word !== kind), quotes: rest, options },
    context,
  );
  const holds = options["holds"] ?? "";
  if (!answer.includes(holds))
    throw new Error(`the prediction is wrong: the run's answer does not hold "${holds}"`);
  return `${question}\n\n<details>\n<summary>What the run says</summary>\n\n${answer}\n\n</details>`;
}

function fence(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

/** Everything that is marked @record, the runtime's first. */
function records() {
  const runtime = [
    "conversation/session",
    "agent",
    "tools/tool",
    "extension",
    "conversation/usage",
    "conversation/events",
    "workspace/output-file",
  ].map((name) => `packages/runtime/src/${name}.ts`);
  const ofChapters = chapters.flatMap((chapter) =>
    sourceFiles(chapter).map((file) => fromRoot(join(chapter.folder, file))),
  );
  return recordsIn([...runtime, ...ofChapters]);
}

function recordTable(): string {
  const rows = records().map(({ name, path, purpose, place }) => [
    `[\`${name}\`](../${path})`,
    purpose,
    place,
  ]);
  return table(["Type", "What it is for", "Where it lives"], rows);
}

/** The records that are files. */
function fileTable(): string {
  const rows = records()
    .filter(({ place }) => /`[^`]*[./][^`]*`/.test(place))
    .map(({ name, path, place }) => {
      const [, id = "every chapter"] = new RegExp(`^chapters/(${CHAPTER_ID})\\b`).exec(path) ?? [];
      return [id, `[\`${name}\`](../${path})`, place];
    });
  return table(["Chapter", "Record", "Where it lives"], rows);
}
