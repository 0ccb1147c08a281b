// npm run diff s12 s13: what the second chapter adds to the first. npm run diff s13: to the chapter before it.
// --stat: the summary alone. --no-color. In a terminal, through a pager.
import { spawnSync } from "node:child_process";
import picocolors from "picocolors";
import { diffChapters, type ChapterDiff } from "./lib/chapter-diff.ts";
import type { FileDiff } from "./lib/file-diff.ts";
import { chapters, findChapter, runScript, type Chapter } from "./lib/chapters.ts";
import { commandLine } from "./lib/command-line.ts";

void runScript(async () => {
  const { values, positionals } = commandLine(
    import.meta.filename,
    { stat: { type: "boolean" }, color: { type: "boolean" } },
    { words: 2, allowNegative: true },
  );
  const [before, after] = chosen(positionals);
  const color =
    values.color ?? (process.stdout.isTTY && !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb");
  // Undefined would let the library decide, and it colours pipes under CI.
  const colors = picocolors.createColors(Boolean(color));
  const diff = await diffChapters(before, after);
  const summary = renderSummary(before, after, diff, colors);
  const files = diff.files.filter(({ kind }) => kind === "changed" || kind === "new");
  const patches = values.stat ? [] : files.map((file) => renderFile(before, after, file, colors));
  show([summary, ...patches].join("\n\n"));
});

function chosen([first, second]: readonly string[]): [before: Chapter, after: Chapter] {
  const chapter = findChapter(first);
  if (second !== undefined) return [chapter, findChapter(second)];
  const before = chapters[chapters.indexOf(chapter) - 1];
  if (!before) throw new Error(`No chapter comes before ${chapter.id}. Name two: npm run diff s01 s02`);
  return [before, chapter];
}

type Colors = ReturnType<typeof picocolors.createColors>;

function renderSummary(
  before: Chapter,
  after: Chapter,
  diff: ChapterDiff,
  { bold, dim, green, red }: Colors,
): string {
  const files = diff.files.map(({ file, kind, added, removed }) => {
    const counts =
      kind === "same" ? "" : `${green(`+${added}`.padStart(5))} ${red(`-${removed}`.padStart(5))}`;
    return `  ${kind.padEnd(8)}${file.padEnd(30)}${counts}`.trimEnd();
  });
  const tools = [
    ...diff.toolsAdded.map((name) => green(`+${name}`)),
    ...diff.toolsGone.map((name) => red(`-${name}`)),
  ];
  return [
    bold(`${before.id} ${before.card.title} -> ${after.id} ${after.card.title}`),
    after.card.insight,
    "",
    ...files,
    "",
    `  tools   ${diff.toolCounts.join(" -> ")}`,
    ...tools.map((tool) => `            ${tool}`),
    `  lines   ${diff.lineCounts.join(" -> ")}   ${dim("of the chapter's own source")}`,
    ...(diff.toolsGone.length > 0
      ? [
          "",
          dim(`  What is gone is still in its chapter: npm run ${after.id} -- --with ${before.id} has both.`),
        ]
      : []),
  ].join("\n");
}

function renderFile(
  before: Chapter,
  after: Chapter,
  { file, kind, lines }: FileDiff,
  { bold, cyan, green, red }: Colors,
): string {
  const paint = (line: string) => {
    if (line.startsWith("@@")) return cyan(line);
    if (line.startsWith("+")) return green(line);
    return line.startsWith("-") ? red(line) : line;
  };
  // A new file is read as a file, not as a wall of plus signs.
  const body = kind === "new" ? lines.slice(1).map((line) => green(line)) : lines.map(paint);
  const from = kind === "new" ? "(new)" : `${before.name}/${file}`;
  return [bold(`--- ${from}`), bold(`+++ ${after.name}/${file}`), ...body].join("\n");
}

function show(text: string): void {
  const [pager = "less", ...args] = (process.env["PAGER"] || "less -RFX").split(/\s+/);
  const paged =
    process.stdout.isTTY &&
    spawnSync(pager, args, { input: `${text}\n`, stdio: ["pipe", "inherit", "inherit"] });
  if (!paged || paged.error) process.stdout.write(`${text}\n`);
}
