// npm run replay FILE: plays a saved conversation again. --help says in which ways.
import { assertNever, loadLater } from "@course/runtime";
import { bold, dim, runMain, screenOn } from "@course/runtime/terminal";
import type * as Browser from "./browser.ts";
import { isSession, openSession, streamSession } from "./claude-code/session.ts";
import type * as Editing from "./edit/continue.ts";
import { HELP, parseFlags, type Command, type ShowCommand } from "./flags.ts";
import { hasBrowser } from "./has-browser.ts";
import { checkReadable } from "./lines.ts";
import type * as Mine from "./mine/replay.ts";
import { isTerminal, printStep, showChapters, showSteps } from "./show.ts";
import { newestTraces } from "./trace/newest.ts";
import { readTrace } from "./trace/read.ts";
import { traceSteps } from "./trace/steps.ts";

const LISTED = 10;

// Most look at a trace, and need none of these.
const editing = loadLater<typeof Editing>("./edit/continue.ts", import.meta.url);
const mine = loadLater<typeof Mine>("./mine/replay.ts", import.meta.url);
const browser = loadLater<typeof Browser>("./browser.ts", import.meta.url);

// Whoever reads a pipe may have seen enough.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => process.exit(1));

void runMain(() => run(parseFlags(process.argv.slice(2), process.env)));

/** Resolves with the exit code. */
async function run(command: Command): Promise<number> {
  if ("file" in command) checkReadable(command.file);
  switch (command.kind) {
    case "help":
      console.log(HELP);
      return 0;
    case "list":
      return listTraces();
    case "claude-code":
      return showSession(command);
    case "show":
      return showTrace(command);
    case "edit":
      return editing().continueEdited(command);
    case "mine":
      return mine().replayMine(command);
    default:
      return assertNever(command);
  }
}

async function showTrace({ file, text, browser: inBrowser, step, from }: ShowCommand): Promise<number> {
  const trace = await readTrace(file);
  const isLookedAt = process.stdout.isTTY && !text && step === undefined;
  if (inBrowser || (isLookedAt && hasBrowser(process.env)))
    return browser().showInBrowser(trace, from, screenOn(process.stdout));
  return showSteps(traceSteps(trace), { step, from });
}

/** In a pipe in one pass: of a long session nothing is kept. */
async function showSession({ file, step, from }: ShowCommand): Promise<number> {
  if (!(await isSession(file)))
    throw new Error(
      `${file}: no line of it is a JSON object. Claude Code keeps its sessions in ~/.claude/projects.`,
    );
  if (step !== undefined || from !== undefined || isTerminal())
    return showSteps(await openSession(file), { step, from });
  const screen = screenOn(process.stdout);
  const counts = new Map<string, number>();
  let number = 0;
  screen.line(bold(file));
  screen.line("");
  for await (const next of streamSession(file)) {
    number += 1;
    printStep(next, number, screen);
    for (const id of next.chapters) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  showChapters(counts, screen);
  return 0;
}

function listTraces(): number {
  const screen = screenOn(process.stdout);
  const found = newestTraces(process.env["INIT_CWD"] ?? process.cwd(), LISTED);
  const [newest] = found;
  if (!newest) {
    screen.line("There is no trace yet. Make one: npm run s13 -- --trace");
    return 0;
  }
  screen.line(bold("The newest traces"));
  for (const { path, bytes, at } of found)
    screen.line("  ", path, dim(`  ${sizeOf(bytes)}, ${minuteOf(new Date(at))}`));
  // On a line of its own it is not broken in two, and can be copied.
  screen.line(`\nPlay the newest:\n  npm run replay ${newest.path}`);
  return 0;
}

/** As /sessions writes it: "2026-11-26 17:40 UTC". */
function minuteOf(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function sizeOf(bytes: number): string {
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} kB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
