// A run as a learner sees it. What differs from run to run is made the same: ids, folders, times (whole seconds), and the order of tasks
// that ended together. Token counts, which depend on the folder's name, are left out.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { contextTokens, promptTokens } from "@course/runtime";
import { runChapter, temporaryFolder } from "@course/runtime/testing";
import { findChapter } from "./chapters.ts";
import { table } from "./format.ts";
import type { Runs } from "./runs.ts";

/** What two chapters hold in their conversations after the same prompt, which is the second one's, and what it cost. */
export async function contextTable(
  runs: Runs,
  before: string,
  after: string,
  number: string,
): Promise<string> {
  const rows = [];
  for (const id of [before, after]) {
    const { usage, forkUsage } = (await runs.get(id, number, after)).session;
    const held = usage.last ? contextTokens(usage.last) : 0;
    const sent = promptTokens(usage.total) + promptTokens(forkUsage.total);
    rows.push([id, `${usage.turns}`, rounded(held, 10), `${forkUsage.turns}`, rounded(sent, 100)]);
  }
  return table(
    ["", "Model calls", "Tokens in the conversation at the end", "Calls in forks", "Tokens sent in all"],
    rows,
  );
}

function rounded(tokens: number, to: number): string {
  return (Math.round(tokens / to) * to).toLocaleString("en");
}

/** What the prompts of one card cost, each with its flags. Tokens depend on the folder's name, so they are rounded. */
export async function compareTable(runs: Runs, id: string, numbers: readonly string[]): Promise<string> {
  const rows = [];
  for (const number of numbers) {
    const { prompt = "", flags = [] } = findChapter(id).card.tryIt[Number(number) - 1] ?? {};
    const { usage } = (await runs.get(id, number)).session;
    const held = usage.last ? contextTokens(usage.last) : 0;
    rows.push([
      `${prompt}, \`${flags.join(" ")}\``,
      `${usage.turns}`,
      rounded(held, 1_000),
      rounded(promptTokens(usage.total), 1_000),
    ]);
  }
  return table(["", "Model calls", "Tokens in the conversation at the end", "Tokens sent in all"], rows);
}

/** Runs a prompt with -p and more flags, as typed on a command line; stderr and stdout together. */
export async function oneShot(id: string, number: number, flags: readonly string[]): Promise<string> {
  const chapter = findChapter(id);
  const prompt = chapter.card.tryIt[number - 1]?.prompt ?? "";
  const folder = temporaryFolder();
  const { stdout, stderr } = await runChapter(pathToFileURL(join(chapter.folder, "src/main.ts")).href, [
    "--offline",
    "--dir",
    folder,
    ...flags,
    "-p",
    prompt,
  ]);
  rmSync(folder, { recursive: true, force: true });
  return `$ npm run ${[id, "--", ...flags, "-p"].join(" ")} "${prompt}"\n${normalize(`${stderr.trimEnd()}\n${stdout.trimEnd()}`, folder)}`;
}

export function normalize(text: string, folder: string): string {
  const lines = text.replaceAll(folder, "~/playground").trimEnd().split("\n");
  const kept = lines.filter((line) => !/^ {2}\d+ model calls?, /.test(line)).join("\n");
  const ids = new Map<string, string>();
  return (
    sortTogether(sortSubagents(kept))
      .replace(/trying again in \d+\.\d s/g, "trying again in N s")
      .replace(
        /bg_[0-9a-f]{6}/g,
        (id) => ids.get(id) ?? (ids.set(id, `bg_${ids.size + 1}`), `bg_${ids.size}`),
      )
      .replace(/(\d+\.\d) s$/gm, (_, seconds: string) =>
        Number(seconds) < 1 ? "" : `${Math.floor(Number(seconds))} s`,
      )
      .replace(/\.transcripts\/[\dT-]+Z/g, ".transcripts/TIME")
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?(?:Z|[+-]\d\d:\d\d)/g, "TIME")
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?(?:Z|[+-]\d\d:\d\d)/g, "TIME")
      .replace(/date: \d{4}-\d\d-\d\d/g, "date: TODAY")
      .replace(/toolu_[0-9a-f]{24}/g, "toolu_ID")
      .replace(/\b127\.0\.0\.1:\d+/g, "127.0.0.1:PORT")
      .replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "UUID")
      // Where a message begins in its file depends on how long those before it are, which hold times.
      .replace(/(<message from="[^"]+" id="m)\d+"/g, '$1…"')
      .replace(/\b[0-9a-f]{40}\b|(?<=HEAD \()[0-9a-f]{7}(?=\))|(?<=\[main )[0-9a-f]{7}(?=\])/g, "COMMIT")
      .replace(/^( {2})\d\d:\d\d:\d\d(?= […✓✗] )/gm, "$1TIME")
      .replace(/seconds=(\\?")(\d+)\.\d\\?"/g, "seconds=$1$2$1")
      .replace(/ +$/gm, "")
  );
}

/** What subagents do side by side: the calls of each in their order, then the results, in the order of their names. */
function sortSubagents(text: string): string {
  const label = (call: string) => /^ {4}\S.*? [●✗] \w+/.exec(call)?.[0] ?? "";
  const byName = (a: string, b: string) =>
    label(a)
      .split(/ [●✗] /, 1)[0]
      ?.localeCompare(label(b).split(/ [●✗] /, 1)[0] ?? "") ?? 0;
  return text.replace(/(?: {4}\S.* [●✗] .*\n|● task .*\n(?: {2}│ .*\n)*)+/g, (beside) => {
    const calls = (beside.match(/^ {4}\S.* [●✗] .*\n/gm) ?? []).sort(byName);
    const results = beside.match(/^● task .*\n(?: {2}│ .*\n)*/gm) ?? [];
    // Reads of one reply run at once, and end in any order.
    const rounds = calls.reduce<string[][]>((all, call) => {
      const last = all.at(-1);
      if (last?.[0] !== undefined && label(last[0]) === label(call)) last.push(call);
      else all.push([call]);
      return all;
    }, []);
    return [...rounds.flatMap((round) => round.sort()), ...results.sort()].join("");
  });
}

/** Tasks in one block, and lines about them, in the order of their commands. */
function sortTogether(text: string): string {
  const byCommand = (a: string, b: string) =>
    (/command: .*/.exec(a)?.[0] ?? "").localeCompare(/command: .*/.exec(b)?.[0] ?? "");
  const inBlocks = text.replace(/(?: {4}<task [^>]*>\n(?: {4}.*\n)*? {4}<\/task>\n)+/g, (tasks) =>
    tasks
      .split(/(?<=<\/task>\n)/)
      .filter(Boolean)
      .sort(byCommand)
      .join(""),
  );
  // Reads of one reply run at once, and end in any order; a thought stands before the next reply's.
  const inReads = inBlocks.replace(/(?:^● read_file .*\n(?: {2}│.*\n)*){2,}/gm, (reads) =>
    reads
      .split(/(?=^● read_file )/m)
      .sort()
      .join(""),
  );
  return inReads.replace(/(?:^bg_\w+ [a-z_]+: .*\n?)+/gm, (told) => {
    const sorted = told
      .trimEnd()
      .split("\n")
      .sort((a, b) => a.slice(10).localeCompare(b.slice(10)));
    return `${sorted.join("\n")}${told.endsWith("\n") ? "\n" : ""}`;
  });
}
