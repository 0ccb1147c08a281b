// What a page says of a chapter in numbers and names: never written by hand.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CHAPTER_IDS, chapters, findChapter, linesOf, ROOT, type Chapter } from "./chapters.ts";
import { diffChapters, ownLines, toolsOfChapter } from "./chapter-diff.ts";
import { readEdition } from "@course/runtime/terminal";
import { table } from "./format.ts";
import { quotedFiles } from "./quoted-files.ts";

/** s01 > ... > [ s13 ] > ..., with links to the lessons that there are. */
export function rail(id: string): string {
  const part = (name: string) => {
    if (name === id) return `**[ ${name} ]**`;
    const chapter = chapters.find((candidate) => candidate.id === name);
    return chapter ? `[${name}](${chapter.name}.md)` : name;
  };
  return CHAPTER_IDS.map(part).join(" > ");
}

/** Counted by `npm run standalone -- --count`, which takes longer than all else that a page says in numbers. */
export const ONE_FILE_LINES = "docs/one-file.json";

function linesAsOneFile({ id }: Chapter): number {
  const counted = JSON.parse(readFileSync(join(ROOT, ONE_FILE_LINES), "utf8")) as Record<string, number>;
  const lines = counted[id];
  if (lines === undefined)
    throw new Error(`${ONE_FILE_LINES} does not name ${id}: npm run standalone -- --count`);
  return lines;
}

export async function facts(id: string): Promise<string> {
  const chapter = findChapter(id);
  const tools = await toolsOfChapter(chapter);
  const read = quotedFiles(chapter);
  const lines = read.reduce((sum, file) => sum + linesOf(join(chapter.folder, file)), 0);
  const rest = ownLines(chapter) - lines;
  const names = read.map((file) => `\`${file.replace("src/", "")}\``).join(", ");
  return [
    `**${chapter.card.stage}** · ${chapter.card.subtitle} · ${tools.length} tool${tools.length === 1 ? "" : "s"} · ${lines} lines to read, ${rest} more that harden them; as one file with its runtime ${linesAsOneFile(chapter)}`,
    "",
    `> ${chapter.card.insight}`,
    "",
    `Tools: ${tools.map((name) => `\`${name}\``).join(", ")}. Run it with \`npm run ${id}\`. To read: ${names}. Edition ${readEdition()}.`,
  ].join("\n");
}

/** The "What changed" table: tools and lines are counted, the other rows come from the card. */
export async function changes(beforeId: string, afterId: string): Promise<string> {
  const [before, after] = [findChapter(beforeId), findChapter(afterId)];
  const diff = await diffChapters(before, after);
  const added =
    diff.toolsAdded.length > 0 ? ` (base + ${diff.toolsAdded.map((name) => `\`${name}\``).join(" + ")})` : "";
  const rows = [
    ["Tools", `${diff.toolCounts[0]}`, `${diff.toolCounts[1]}${added}`],
    ...(after.card.changes ?? []),
    ["Lines of its own", `${diff.lineCounts[0]}`, `${diff.lineCounts[1]}`],
  ];
  return table(["", `Before (${beforeId})`, `After (${afterId})`], rows);
}

/** The README's table of the chapters that are written. */
export async function chapterTable(): Promise<string> {
  const rows = [];
  for (const chapter of chapters) {
    const { id, name, card } = chapter;
    const tools = await toolsOfChapter(chapter);
    rows.push([
      `\`npm run ${id}\``,
      `[${card.title}](docs/${name}.md)`,
      card.insight,
      `${tools.length}`,
      `${ownLines(chapter)}`,
    ]);
  }
  return table(["Run", "Chapter", "Insight", "Tools", "Lines"], rows);
}

/** The lesson's "Try it" prompts, from the card. */
export function tryItList(id: string): string {
  const { card } = findChapter(id);
  return card.tryIt
    .map(({ prompt, flags = [], before = [], after = [] }, index) => {
      const first = before.length > 0 ? `, after ${before.map(codeSpan).join(" and ")}` : "";
      const start = flags.length > 0 ? `, started with \`npm run ${id} -- ${flags.join(" ")}\`` : "";
      const then = after.length > 0 ? `, then type ${after.map((line) => `\`${line}\``).join(", ")}` : "";
      return `${index + 1}. ${codeSpan(prompt)}${start}${first}${then}`;
    })
    .join("\n");
}

function codeSpan(text: string): string {
  return text.includes("`") ? `\`\` ${text} \`\`` : `\`${text}\``;
}
