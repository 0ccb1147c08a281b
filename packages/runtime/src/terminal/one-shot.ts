// Without a person at the prompt: one prompt (-p), prompts from a pipe, and the demo.
import { run, runUntilIdle, settle, type RunOutcome } from "../run.ts";
import type { Workspace } from "../workspace/workspace.ts";
import { Arrivals, WAKE } from "./arrivals.ts";
import type { Card, ChapterFlag, FlagValues } from "./chapter.ts";
import { Commands } from "./commands.ts";
import type { OutputFormat } from "./flags.ts";
import { promptOf, resultOf } from "./json-formats.ts";
import type { Host } from "./host.ts";
import type { Program } from "./program.ts";
import { Renderer } from "./renderer.ts";
import { requestOf } from "./requests.ts";
import { describeRefusals, watchRefusals } from "./refusals.ts";
import type { Screen } from "./screen.ts";
import { screenOn } from "./style.ts";
import { cyan, red } from "./text.ts";

export interface TerminalContext {
  card: Card;
  program: Program;
  workspace: Workspace;
  /** What the program was started with, and the chapter's own flags. */
  values: FlagValues;
  chapterFlags: Readonly<Record<string, ChapterFlag>>;
}

const EXIT_CODES: Readonly<Record<RunOutcome["ending"], number>> = {
  completed: 0,
  failed: 1,
  interrupted: 130,
};

/**
 * Runs one prompt; the answer, or with json the result, goes to stdout and all else to stderr; with stream-json every
 * event goes to stdout. Returns the exit code: a prompt of which a part was refused was not done.
 */
export async function runOnce(
  { program }: TerminalContext,
  prompt: string,
  format: OutputFormat,
): Promise<number> {
  const { agent, session, host } = program;
  const printJson = jsonPrinter(host);
  if (format === "stream-json") session.on(printJson);
  else new Renderer(screenOn(host.stderr), session, { holdAnswer: true });
  const refusals = watchRefusals(session);
  leaveOnCtrlC(program);
  await program.start();
  const start = performance.now();
  const outcome = await runUntilIdle(agent, session, prompt);
  if (format === "json") printJson(resultOf(outcome, session, performance.now() - start, refusals));
  if (format === "text" && outcome.ending === "completed") answerPrinter(host)(outcome.answer);
  if (refusals.length === 0 || outcome.ending !== "completed") return EXIT_CODES[outcome.ending];
  screenOn(host.stderr).line(red(describeRefusals(refusals)));
  return EXIT_CODES.failed;
}

function jsonPrinter({ stdout }: Host): (value: object) => void {
  return (value) => void stdout.write(`${JSON.stringify(value)}\n`);
}

/** Runs the messages that come as lines of JSON, one after the other, and prints every event. Returns the exit code. */
export async function runJsonLines({ program }: TerminalContext): Promise<number> {
  const { agent, session, host } = program;
  const arrivals = new Arrivals(host.stdin, session);
  session.on(jsonPrinter(host));
  leaveOnCtrlC(program);
  await program.start();
  let code = 0;
  for (let next = await arrivals.next(); next !== undefined; next = await arrivals.next()) {
    if (session.isClosed) break;
    const prompt = next === WAKE ? undefined : promptOf(next);
    if (prompt instanceof Error) {
      session.emit({ type: "error", message: prompt.message });
      code = EXIT_CODES.failed;
      continue;
    }
    const { ending } = await run(agent, session, prompt);
    if (ending !== "completed") code = EXIT_CODES[ending];
  }
  if (!session.isClosed) await settle(agent, session);
  return code;
}

/** Runs prompts and commands, one a line, as they arrive, and wakes between them. Returns the exit code, or "no lines". */
export async function runLines(context: TerminalContext): Promise<number | "no lines"> {
  const { agent, session, host } = context.program;
  const arrivals = new Arrivals(host.stdin, session);
  let next = await arrivals.next();
  if (next === undefined) return "no lines";
  const renderer = new Renderer(screenOn(host.stderr), session, { holdAnswer: true, showPrompts: true });
  const commands = commandsOf(context, renderer);
  leaveOnCtrlC(context.program);
  await context.program.start();
  const print = answerPrinter(host);
  let code = 0;
  const tell = ({ ending, answer, stopReason }: RunOutcome) => {
    // A wake that had nothing to tell ends where the last answer was.
    if (ending === "completed" && answer !== "" && stopReason !== "idle") print(answer);
    if (ending !== "completed") code = EXIT_CODES[ending];
    renderer.dropHeld();
  };
  const refuse = (mistake: string) => {
    screenOn(host.stderr).line(red(mistake));
    code = EXIT_CODES.failed;
  };
  for (; next !== undefined && !session.isClosed; next = await arrivals.next()) {
    const request = next === WAKE ? next : requestOf({ text: next }, commands.names, context.card);
    if (request === WAKE) tell(await run(agent, session));
    else if (request.kind === "prompt") tell(await run(agent, session, request.text));
    else if (request.kind === "mistake") refuse(request.message);
    else if (request.kind === "command") {
      const result = await commands.run(request.name, request.argument);
      if (typeof result !== "string" && "prompt" in result) tell(await run(agent, session, result.prompt));
      else if (typeof result !== "string") refuse(result.mistake);
      else if (result !== "") print(result);
    }
  }
  const last = session.isClosed ? undefined : await settle(agent, session);
  if (last) tell(last);
  return code;
}

/** Runs the chapter's headline prompt and the commands that show what happened. Returns the exit code. */
export async function runDemo(context: TerminalContext, screen: Screen): Promise<number> {
  const { card, program } = context;
  const { agent, session } = program;
  const renderer = new Renderer(screen, session, { showPrompts: true });
  leaveOnCtrlC(program);
  await program.start();
  const commands = commandsOf(context, renderer);
  const headline = card.tryIt[card.demo.prompt - 1];
  if (!headline)
    throw new Error(`The card of ${agent.name} names prompt ${card.demo.prompt}, which it does not have.`);
  const outcome = await runUntilIdle(agent, session, headline.prompt);
  for (const command of card.demo.commands) {
    screen.line("");
    screen.line(cyan("you >"), ` ${command}`);
    const request = requestOf({ text: command }, commands.names, card);
    if (request.kind !== "command") continue;
    const result = await commands.run(request.name, request.argument);
    if (typeof result === "string") screen.line(result);
    else if ("mistake" in result) screen.line(red(result.mistake));
    else await runUntilIdle(agent, session, result.prompt);
  }
  return EXIT_CODES[outcome.ending];
}

function commandsOf({ program, workspace }: TerminalContext, renderer: Renderer): Commands {
  const { agent, session, secrets } = program;
  return new Commands({ agent, session, workspace, renderer, secrets, quit: () => void program.leave(0) });
}

/** Prints answers on stdout. A pipe gets the text as it is; a terminal must not obey what it holds. */
function answerPrinter({ stdout }: Host): (text: string) => void {
  if (!stdout.isTTY) return (text) => void stdout.write(`${text}\n`);
  const screen = screenOn(stdout);
  return (text) => screen.line(text);
}

function leaveOnCtrlC(program: Program): void {
  program.host.on("SIGINT", () => void program.leave(EXIT_CODES.interrupted));
}
