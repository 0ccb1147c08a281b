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
const DAY: readonly (readonly [prompt: string, shows: RegExp])[] = [
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

const prompts = (text: string) => text.match(/^full.* >$/gm)?.length ?? 0;

test("ten prompts of an ordinary day, each call asked for, end at the prompt with no internal error", async () => {
  const folder = join(temporaryFolder(), "project");
  cpSync(join(REPOSITORY, "packages/playground/template"), folder, { recursive: true });
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=A", "-c", "user.email=a@localhost", ...args], { cwd: folder });
  git("init", "-q", "--initial-branch=main");
  git("add", ".");
  git("commit", "-qm", "A project");
  const home = temporaryFolder();
  const shell = `HOME=${home} ANTHROPIC_API_KEY= ANTHROPIC_BASE_URL= ${process.execPath} ${BIN} --offline --dir ${folder}`;
  const terminal = new TestTerminal({ url: "", shell });
  await settled(terminal, 60_000);
  for (const [prompt, shows] of DAY) {
    const before = terminal.screen.text.length;
    terminal.type(`${prompt}\r`);
    await settled(terminal, 60_000, () => shows.test(terminal.screen.text.slice(before)));
    expect(terminal.screen.text.slice(before), prompt).toMatch(shows);
  }
  expect(terminal.screen.text).not.toMatch(/Internal error|listener failed|failed in (before|wrap)/);
  terminal.type("\u0004");
  expect(await terminal.exit).toBe(0);
  expect(terminal.screen).toMatchObject({ cursorHidden: false, pasteMode: false });
  const [file = ""] = readdirSync(join(folder, ".sessions")).filter((name) => name.endsWith(".jsonl"));
  const kept = readFileSync(join(folder, ".sessions", file), "utf8");
  for (const [prompt] of DAY) expect(kept).toContain(JSON.stringify(prompt));
}, 240_000);

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
