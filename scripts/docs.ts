// npm run docs: fills what pages quote from the code. npm run docs s12: the pages with s12 in their names.
// npm run docs:check: fails, and says where, if a page differs from what would be filled in.
// What was made from the same sources before is not made again; --fresh makes everything anew.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "@course/runtime/testing";
import { BlockCache, workOn } from "./lib/block-cache.ts";
import { chapters, ROOT, runScript } from "./lib/chapters.ts";
import { commandLine } from "./lib/command-line.ts";
import { firstDifference } from "./lib/difference.ts";
import { faultsOf } from "./lib/page-checks.ts";
import { PageWorkers } from "./lib/page-workers.ts";

// Transcripts must not depend on what stands in the home of whoever makes them.
const home = temporaryFolder();
process.env["HOME"] = home;
// Nor on whether npm has a newer version to announce.
process.env["NPM_CONFIG_UPDATE_NOTIFIER"] = "false";

void runScript(async () => {
  const { values: how, positionals } = commandLine(
    import.meta.filename,
    { check: { type: "boolean", default: false }, fresh: { type: "boolean", default: false } },
    { words: Infinity },
  );
  const all = [
    "README.md",
    "CONTRIBUTING.md",
    ...readdirSync(join(ROOT, "docs")).map((name) => `docs/${name}`),
  ].filter((page) => page.endsWith(".md"));
  const pages = all.filter(
    (page) => positionals.length === 0 || positionals.some((part) => page.includes(part)),
  );
  const unknown = positionals.find((part) => all.every((page) => !page.includes(part)));
  if (unknown !== undefined) throw new Error(`No page has "${unknown}" in its name.`);
  const missing = chapters.filter(({ name }) => !all.includes(`docs/${name}.md`));
  const problems = [
    ...(await fillPages(pages, how)),
    ...missing.map(({ name }) => `docs/${name}.md is missing`),
  ];
  if (problems.length > 0) throw new Error(problems.join("\n"));
  console.log(
    pages.length === 1
      ? `${pages[0]} says what the code does.`
      : `${pages.length} pages say what the code does.`,
  );
});
rmSync(home, { recursive: true, force: true });

interface How {
  check: boolean;
  fresh: boolean;
}

/** Fills or checks the pages, several at once; resolves with what is wrong. */
async function fillPages(pages: readonly string[], { check, fresh }: How): Promise<string[]> {
  const cache = new BlockCache(fresh);
  const workers = new PageWorkers({ isCheck: check, isFresh: fresh });
  const jobs = pages.map((page) => {
    const before = readFileSync(join(ROOT, page), "utf8");
    return { page, before, work: workOn(before, page, cache) };
  });
  // The longest first, so that none is left alone at the end.
  jobs.sort((a, b) => b.work - a.work);
  const problems = await Promise.all(
    jobs.map(async ({ page, before, work }) => {
      const { text, faults } = work === 0 ? { text: before, faults: [] } : await workers.fill(page);
      return [...faults, ...compare(page, before, text, check), ...faultsOf(text, page)];
    }),
  );
  workers.close();
  return problems.flat();
}

function compare(page: string, before: string, text: string, isCheck: boolean): string[] {
  if (text === before) return [];
  if (isCheck) return [`${page}: ${firstDifference(before, text)} Run npm run docs, and read what changed.`];
  writeFileSync(join(ROOT, page), text);
  console.log(`filled ${page}`);
  return [];
}
