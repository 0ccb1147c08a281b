// A day's work in a real terminal, by a person who answers what is asked.
import { execFileSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "@course/runtime/testing";
import { REPOSITORY } from "@course/runtime/terminal";
import { expect, test } from "vitest";
import { TestTerminal } from "../../../packages/runtime/test/terminal/terminal.ts";
import { BIN } from "./program.ts";

/** What is asked, and what the answer or the work shows. */
type Day = readonly (readonly [prompt: string, shows: RegExp])[];

const IN_THE_PLAYGROUND: Day = [
  ["What does this project ask for?", /Run `npm test` before you say that something works/],
  ["Which branch am I on, and what day is it?", /You are on main/],
  ["Make the failing test pass", /npm run test:bugs and npm test pass/],
  ["Add a function initials to src/names.js", /test\/initials\.test\.js passes/],
  ["Run `npm test` in the background, and create notes/plan.md meanwhile", /npm test -> 5 pass, 0 fail/],
  ["Rename capitalize to titleCase", /capitalize is titleCase now, in 3 files/],
  ["Find out why the server failed, from logs/server.log", /no space left on device/],
  ["Write a commit message for my changes", /^(feat|fix|chore): /m],
  ["Plan the release in RELEASE.md", /Created 4 tasks/],
  ["Remember that I use pnpm and never npm", /remember/i],
];

/** This repository has no failing test and needs its dependencies: reading, searching, editing and git remain. */
const IN_THIS_REPOSITORY: Day = [
  ["Which branch am I on, and what day is it?", /You are on main/],
  ["Which scripts are there?", /docs:check/],
  ["Read README.md and package.json", /learn-coding-agents/],
  ["Where is admit used?", /packages\/runtime\/src\/conversation\/session\.ts/],
  ["How many lines does packages/runtime/src/loop.ts have?", /\d+ lines/],
  ["Show the last 5 lines of CONTRIBUTING.md", /wherever they quote code, output or numbers/],
  ['In LICENSE replace "MIT License" with "The MIT License"', /Replaced 1 occurrence/],
  ["Show the diff", /\+The MIT License/],
  ["Undo my change in LICENSE", /LICENSE/],
  ["Show the history", /[0-9a-f]{7}/],
];

const prompts = (text: string) => text.match(/^full.* >$/gm)?.length ?? 0;

function git(folder: string, ...args: string[]): string {
  return execFileSync("git", args, { cwd: folder, encoding: "utf8" });
}

/** Commits all that is there. What commits in it later needs a name, too. */
function makeRepository(folder: string): void {
  git(folder, "init", "-q", "--initial-branch=main");
  git(folder, "config", "user.name", "A");
  git(folder, "config", "user.email", "a@localhost");
  git(folder, "add", ".");
  git(folder, "commit", "-qm", "All that is there");
}

/** A copy of the playground under git. */
function newProject(): string {
  const folder = join(temporaryFolder(), "project");
  cpSync(join(REPOSITORY, "packages/playground/template"), folder, { recursive: true });
  makeRepository(folder);
  return folder;
}

/** The files of this repository as git knows them, committed anew. */
function copyOfThisRepository(): string {
  const folder = join(temporaryFolder(), "course");
  for (const file of git(REPOSITORY, "ls-files", "-z").split("\0").filter(Boolean))
    cpSync(join(REPOSITORY, file), join(folder, file));
  makeRepository(folder);
  return folder;
}

async function openTerminal(folder: string, flags = ""): Promise<TestTerminal> {
  const settings = `HOME=${temporaryFolder()} ANTHROPIC_API_KEY= ANTHROPIC_BASE_URL=`;
  const shell = `${settings} ${process.execPath} ${BIN} --offline --dir ${folder} ${flags}`;
  const terminal = new TestTerminal({ url: "", shell });
  await settled(terminal, 60_000);
  return terminal;
}

/** Types a prompt, answers what is asked, and returns what the screen showed of it. */
async function ask(terminal: TestTerminal, prompt: string, shows: RegExp): Promise<string> {
  const before = terminal.screen.text.length;
  terminal.type(`${prompt}\r`);
  await settled(terminal, 60_000, () => shows.test(terminal.screen.text.slice(before)));
  return terminal.screen.text.slice(before);
}

test.each([
  ["a project", newProject, IN_THE_PLAYGROUND],
  ["a copy of this very repository", copyOfThisRepository, IN_THIS_REPOSITORY],
])(
  "ten prompts of an ordinary day on %s, each call asked for, end at the prompt with no internal error",
  async (_, newFolder, day) => {
    const folder = newFolder();
    const terminal = await openTerminal(folder);
    for (const [prompt, shows] of day) expect(await ask(terminal, prompt, shows), prompt).toMatch(shows);
    expect(terminal.screen.text).not.toMatch(/Internal error|listener failed|failed in (before|wrap)/);
    terminal.type("\u0004");
    expect(await terminal.exit).toBe(0);
    expect(terminal.screen).toMatchObject({ cursorHidden: false, pasteMode: false });
    const [file = ""] = readdirSync(join(folder, ".sessions")).filter((name) => name.endsWith(".jsonl"));
    const kept = readFileSync(join(folder, ".sessions", file), "utf8");
    for (const [prompt] of day) expect(kept).toContain(JSON.stringify(prompt));
  },
);

test("one real task: a plan, a run in the background, a repair, a compaction, a question and a commit", async () => {
  const folder = newProject();
  // The commit is asked for.
  const flags = `--permission-mode acceptEdits --allow "Bash(npm test),Bash(npm run *)" --context-tokens 10000`;
  const terminal = await openTerminal(folder, flags);
  const prompt = "Fix the failing test, add a changelog entry, and keep the suite running in the background";
  const shown = await ask(terminal, prompt, /bg_1 completed: npm test -> 4 pass, 0 fail/);
  const [compacted, asked, committed] = [
    /^Compacted /m,
    /git add -A && git commit[\s\S]*\n\?/,
    /^Committed: \[main/m,
  ];
  for (const part of [compacted, asked, committed, /4 of 4 done/]) expect(shown).toMatch(part);
  expect(shown.search(compacted)).toBeLessThan(shown.search(committed));
  expect(git(folder, "show", "--stat", "--format=%s", "HEAD")).toMatch(
    /^Greet the last name of a list\n\n CHANGELOG\.md[\s\S]* src\/list\.js/,
  );
  terminal.type("\u0004");
  expect(await terminal.exit).toBe(0);
});

/** Answers questions with the first choice until the prompt stands at the end, and what is waited for is shown. */
async function settled(
  terminal: TestTerminal,
  ms: number,
  isDone = () => prompts(terminal.screen.text) > 0,
): Promise<void> {
  const end = Date.now() + ms;
  let answered = "";
  for (;;) {
    const { text } = terminal.screen;
    const last = text.trimEnd().split("\n").at(-1) ?? "";
    // Once a question, however long the screen takes to show the answer.
    if (last === "?" && text !== answered) {
      answered = text;
      terminal.type("1\r");
    }
    if (/^full.* >$/.test(last) && isDone()) return;
    if (Date.now() > end) throw new Error(`The terminal is stuck:\n${text.slice(-3_000)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
