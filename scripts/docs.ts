// npm run docs: fills what pages quote from the code. npm run docs s12: the pages with s12 in their names.
// npm run docs:check: fails, and says where, if a page differs from what would be filled in.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { temporaryFolder } from "@course/runtime/testing";
import { chapters, ROOT, runScript } from "./lib/chapters.ts";
import { faultsOf, fillPage, firstDifference } from "./lib/pages.ts";

// Transcripts must not depend on what stands in the home of whoever makes them.
process.env["HOME"] = temporaryFolder();

await runScript(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { check: { type: "boolean" } },
  });
  const all = [
    "README.md",
    "CONTRIBUTING.md",
    ...readdirSync(join(ROOT, "docs")).map((name) => `docs/${name}`),
  ];
  const pages = all.filter(
    (page) =>
      page.endsWith(".md") && (positionals.length === 0 || positionals.some((part) => page.includes(part))),
  );
  if (pages.length === 0) throw new Error(`No page has "${positionals.join('" or "')}" in its name.`);
  const problems: string[] = [];
  for (const page of pages) {
    const before = readFileSync(join(ROOT, page), "utf8");
    let { text, faults } = await fillPage(before, page);
    // Transcripts are real runs: on a busy machine, tasks that end together may be told apart. What the
    // code changed differs every time.
    for (let tries = 0; values.check && text !== before && tries < 3; tries++) {
      ({ text, faults } = await fillPage(before, page));
    }
    problems.push(...faults, ...faultsOf(text, page));
    if (text === before) continue;
    if (values.check)
      problems.push(`${page}: ${firstDifference(before, text)} Run npm run docs, and read what changed.`);
    else {
      writeFileSync(join(ROOT, page), text);
      console.log(`filled ${page}`);
    }
  }
  problems.push(
    ...chapters.flatMap(({ name }) =>
      all.includes(`docs/${name}.md`) ? [] : [`docs/${name}.md is missing`],
    ),
  );
  if (problems.length > 0) throw new Error(problems.join("\n"));
  console.log(`${pages.length} pages say what the code does.`);
});
