// npm run standalone s13: the chapter as one file, standalone/s13.ts. --all writes every chapter's.
// npm run standalone s01 -- --bare: the loop on the SDK alone, in sixty lines, to paste elsewhere.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chapters, findChapter, ROOT, runScript } from "./lib/chapters.ts";
import { formatted } from "./lib/format.ts";
import { bareEdition, buildStandalone } from "./lib/standalone.ts";

await runScript(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { all: { type: "boolean" }, bare: { type: "boolean" } },
  });
  mkdirSync(join(ROOT, "standalone"), { recursive: true });
  if (values.bare) write("s01-bare.ts", bareEdition(findChapter(positionals[0])));
  const chosen = values.bare ? [] : values.all ? chapters : [findChapter(positionals[0])];
  for (const chapter of chosen)
    write(`${chapter.id}.ts`, await formatted(buildStandalone(chapter), "typescript"));
  console.log("Copy it to a folder of its own; it needs ANTHROPIC_API_KEY, or ANTHROPIC_BASE_URL.");
});

/** The file itself says what it needs, in its first lines. */
function write(name: string, source: string): void {
  writeFileSync(join(ROOT, "standalone", name), source);
  console.log(`standalone/${name}: ${source.trimEnd().split("\n").length} lines`);
  console.log((source.match(/^\/\/ (Install|Run): .*$/gm) ?? []).join("\n").replaceAll("// ", ""));
}
