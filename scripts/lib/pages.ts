// What pages quote from the code: blocks between <!-- name arguments --> and <!-- end -->.
import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { benchTable } from "./bench-table.ts";
import { bypassTable } from "./bypass-table.ts";
import { daylightTable } from "./daylight-table.ts";
import { diffFile } from "./chapter-diff.ts";
import { chapters, findChapter, fromRoot, ROOT, sourceFiles } from "./chapters.ts";
import { changes, chapterTable, facts, rail, tryItList } from "./facts.ts";
import { table } from "./format.ts";
import { recordsIn, sourceOf } from "./symbols.ts";
import { contextTable, oneShot, transcript } from "./transcripts.ts";

type Fill = (args: string[], page: string) => string | Promise<string>;

const FILLS: Readonly<Record<string, Fill>> = {
  code: ([path = "", symbol = ""], page) => {
    const link = `${"../".repeat(page.split("/").length - 1)}${path}`;
    return `[${path}](${link})\n\n${fence("ts", sourceOf(path, symbol))}`;
  },
  diff: ([before, after, file = "src/agent.ts"]) =>
    fence("diff", diffFile(findChapter(before), findChapter(after), file).lines.join("\n")),
  // The third argument runs the prompt of another chapter's card.
  transcript: async ([id = "", number, other = id]) =>
    fence("text", await transcript(id, Number(number), other)),
  oneshot: async ([id = "", number, ...flags]) => fence("text", await oneShot(id, Number(number), flags)),
  context: ([before = "", after = "", number]) => contextTable(before, after, Number(number)),
  facts: ([id = ""]) => facts(id),
  changed: ([before = "", after = ""]) => changes(before, after),
  rail: ([id = ""]) => rail(id),
  tryit: ([id = ""]) => tryItList(id),
  chapters: () => chapterTable(),
  records: () => recordTable(),
  bench: () => benchTable(),
  bypass: () => bypassTable(),
  daylight: () => daylightTable(),
};

function fence(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

function recordTable(): string {
  const runtime = [
    "conversation/session",
    "agent",
    "tools/tool",
    "extension",
    "conversation/usage",
    "conversation/events",
  ].map((name) => `packages/runtime/src/${name}.ts`);
  const paths = [
    ...runtime,
    ...chapters.flatMap((chapter) =>
      sourceFiles(chapter).map((file) => fromRoot(join(chapter.folder, file))),
    ),
  ];
  const rows = recordsIn(paths).map(({ name, path, purpose, place }) => [
    `[\`${name}\`](../${path})`,
    purpose,
    place,
  ]);
  return table(["Type", "What it is for", "Where it lives"], rows);
}

/** What is wrong with a filled page: dead links, TypeScript that is not generated, too much prose. */
export function faultsOf(text: string, page: string): string[] {
  return [...checkLinks(text, page), ...checkFences(text, page), ...checkLength(text, page)];
}

const BLOCK = /<!-- (\w+)((?: [^\s>]+)*) -->\n(?:[\s\S]*?\n)??<!-- end -->/g;

/** The page with every block filled, and what could not be. `page` is its path from the root. */
export async function fillPage(before: string, page: string): Promise<{ text: string; faults: string[] }> {
  const faults: string[] = [];
  let text = "";
  let from = 0;
  for (const match of before.matchAll(BLOCK)) {
    const [whole, name = "", rest = ""] = match;
    const args = rest.trim().split(" ").filter(Boolean);
    const maker = FILLS[name];
    try {
      if (!maker) throw new Error(`there is no <!-- ${name} -->; there are ${Object.keys(FILLS).join(", ")}`);
      text += `${before.slice(from, match.index)}<!-- ${name}${rest} -->\n\n${(await maker(args, page)).trimEnd()}\n\n<!-- end -->`;
    } catch (error) {
      text += before.slice(from, match.index) + whole;
      faults.push(
        `${page}: <!-- ${name}${rest} -->: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    from = match.index + whole.length;
  }
  return { text: text + before.slice(from), faults };
}

function checkLinks(text: string, page: string): string[] {
  const links = [...withoutFences(text).matchAll(/\]\(([^)\s#]+)(#[^)]*)?\)/g)].map(
    (match) => match[1] ?? "",
  );
  return links
    .filter((link) => !/^[a-z]+:/.test(link) && !existsSync(join(ROOT, normalize(join(dirname(page), link)))))
    .map((link) => `${page}: the link to ${link} leads nowhere`);
}

/** TypeScript that no directive wrote could say anything. */
function checkFences(text: string, page: string): string[] {
  const byHand = text.replace(BLOCK, "").match(/^```(ts|typescript|js|javascript)\b.*$/gm) ?? [];
  return byHand.map(
    (line) =>
      `${page}: a ${line.slice(3)} block that is not generated; quote it with <!-- code FILE SYMBOL -->`,
  );
}

function checkLength(text: string, page: string): string[] {
  const prose = text.replace(BLOCK, "").split("\n").length;
  return /docs\/s\d\d-/.test(page) && prose > 130
    ? [`${page}: ${prose} lines of prose; a lesson has at most 130`]
    : [];
}

function withoutFences(text: string): string {
  return text.replace(/^```[\s\S]*?^```/gm, "");
}

/** Where two versions of a page part, in words. */
export function firstDifference(before: string, after: string): string {
  const [old, now] = [before.split("\n"), after.split("\n")];
  const at = now.findIndex((line, index) => line !== old[index]);
  return `line ${at + 1} is ${JSON.stringify(old[at] ?? "")}, should be ${JSON.stringify(now[at] ?? "")}.`;
}
