// npm run standalone s13: the chapter as one file, standalone/s13.ts. --all writes every chapter's.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chapters, findChapter, ROOT, runScript } from "./lib/chapters.ts";
import { formatted } from "./lib/format.ts";
import { buildStandalone } from "./lib/standalone.ts";

await runScript(async () => {
  const names = process.argv.slice(2);
  const chosen = names.includes("--all") ? chapters : [findChapter(names[0])];
  mkdirSync(join(ROOT, "standalone"), { recursive: true });
  for (const chapter of chosen) {
    const source = await formatted(buildStandalone(chapter), "typescript");
    writeFileSync(join(ROOT, "standalone", `${chapter.id}.ts`), source);
    console.log(`standalone/${chapter.id}.ts: ${source.trimEnd().split("\n").length} lines`);
    // The file itself says what it needs, in its first lines.
    if (chosen.length === 1) console.log(source.split("\n").slice(3, 5).join("\n").replaceAll("// ", ""));
  }
  console.log("Copy it to a folder of its own; it needs ANTHROPIC_API_KEY, or ANTHROPIC_BASE_URL.");
});
