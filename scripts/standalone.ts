// npm run standalone s13: the chapter as one file, standalone/s13.ts. --all writes every chapter's.
// npm run standalone s01 -- --bare: the loop on the SDK alone, in sixty lines, to paste elsewhere.
// npm run standalone -- --count: docs/one-file.json, from which the lessons say how long each chapter's file is.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chapters, findChapter, linesIn, ROOT, runScript } from "./lib/chapters.ts";
import { commandLine } from "./lib/command-line.ts";
import { ONE_FILE_LINES } from "./lib/facts.ts";
import { bareEdition, oneFile } from "./lib/standalone.ts";

void runScript(async () => {
  const { values, positionals } = commandLine(
    import.meta.filename,
    { all: { type: "boolean" }, bare: { type: "boolean" }, count: { type: "boolean" } },
    { words: 1 },
  );
  refuseTogether(values, positionals);
  if (values.count) {
    writeFileSync(join(ROOT, ONE_FILE_LINES), `${JSON.stringify(await countAll(), null, 2)}\n`);
    console.log(`Saved to ${ONE_FILE_LINES}; npm run docs writes it into the lessons.`);
    return;
  }
  mkdirSync(join(ROOT, "standalone"), { recursive: true });
  if (values.bare) write("s01-bare.ts", bareEdition(findChapter(positionals[0])));
  const chosen = values.bare ? [] : values.all ? chapters : [findChapter(positionals[0])];
  for (const chapter of chosen) write(`${chapter.id}.ts`, await oneFile(chapter));
  console.log("Copy it to a folder of its own; it needs\nANTHROPIC_API_KEY, or ANTHROPIC_BASE_URL.");
});

/** Each of them is about other chapters. */
function refuseTogether(
  values: Readonly<Record<string, boolean | undefined>>,
  words: readonly string[],
): void {
  const asked = ["all", "bare", "count"].filter((name) => values[name] === true).map((name) => `--${name}`);
  if (asked.length > 1) throw new Error(`${asked.join(" and ")} do not go together.`);
  if (words.length > 0 && asked.length > 0 && values["bare"] !== true)
    throw new Error(`${asked[0]} is about every chapter; leave out ${words[0]}.`);
}

/** Lines of each chapter's file, by its id. */
async function countAll(): Promise<Record<string, number>> {
  const lines: Record<string, number> = {};
  for (const chapter of chapters) lines[chapter.id] = linesIn(await oneFile(chapter));
  return lines;
}

/** The file itself says what it needs, in its first lines. */
function write(name: string, source: string): void {
  writeFileSync(join(ROOT, "standalone", name), source);
  console.log(`standalone/${name}: ${linesIn(source)} lines`);
  console.log((source.match(/^\/\/ (Install|Run): .*$/gm) ?? []).join("\n").replaceAll("// ", ""));
}
