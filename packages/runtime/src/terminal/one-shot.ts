// Without a person at the prompt: one prompt (-p), prompts from a pipe, and the demo.
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { run, runUntilIdle, settle, type RunOutcome } from "../run.ts";
import type { Workspace } from "../workspace/workspace.ts";
import { missingPrompt, promptFor, type Card } from "./chapter.ts";
import { Commands } from "./commands.ts";
import type { Program } from "./program.ts";
import { Renderer } from "./renderer.ts";
import { screenOn, type Screen } from "./style.ts";

export interface TerminalContext {
  card: Card;
  program: Program;
  workspace: Workspace;
}

const EXIT_CODES: Readonly<Record<RunOutcome["ending"], number>> = {
  completed: 0,
  failed: 1,
  interrupted: 130,
};

/** Runs one prompt; the answer goes to stdout and all else to stderr, or every event to stdout. Returns the exit code. */
export async function runOnce(
  { program }: TerminalContext,
  prompt: string,
  asJson: boolean,
): Promise<number> {
  const { agent, session } = program;
  if (asJson) session.on((event) => process.stdout.write(`${JSON.stringify(event)}\n`));
  else new Renderer(screenOn(process.stderr), session, { holdAnswer: true });
  leaveOnCtrlC(program);
  await program.start();
  const outcome = await runUntilIdle(agent, session, prompt);
  if (!asJson && outcome.ending === "completed") process.stdout.write(`${outcome.answer}\n`);
  return EXIT_CODES[outcome.ending];
}

/** Runs prompts and commands, one a line, as they arrive. Returns the exit code, or "no lines". */
export async function runLines(context: TerminalContext, input: Readable): Promise<number | "no lines"> {
  const { card, program, workspace } = context;
  const { agent, session } = program;
  let code = 0;
  let shown: { commands: Commands; renderer: Renderer } | undefined;
  const tell = ({ ending, answer }: RunOutcome) => {
    if (ending === "completed" && answer !== "") process.stdout.write(`${answer}\n`);
    if (ending !== "completed") code = EXIT_CODES[ending];
    shown?.renderer.dropHeld();
  };
  for await (const line of createInterface({ input })) {
    if (line.trim() === "") continue;
    if (!shown) {
      const renderer = new Renderer(screenOn(process.stderr), session, {
        holdAnswer: true,
        showPrompts: true,
      });
      leaveOnCtrlC(program);
      await program.start();
      const quit = () => void program.leave(0);
      shown = { renderer, commands: new Commands({ agent, session, workspace, quit }) };
    }
    if (line.trim().startsWith("/")) {
      const text = await shown.commands.run(line);
      if (text !== "") process.stdout.write(`${text}\n`);
    } else {
      const missing = missingPrompt(line.trim(), card);
      if (missing !== undefined) process.stdout.write(`${missing}\n`);
      else tell(await run(agent, session, promptFor(line.trim(), card)));
    }
    if (session.isClosed) return code;
  }
  if (!shown) return "no lines";
  const last = await settle(agent, session);
  if (last) tell(last);
  return code;
}

/** Runs the chapter's headline prompt and the commands that show what happened. Returns the exit code. */
export async function runDemo(
  { card, program, workspace }: TerminalContext,
  screen: Screen,
): Promise<number> {
  const { agent, session } = program;
  const renderer = new Renderer(screen, session, { showPrompts: true });
  leaveOnCtrlC(program);
  await program.start();
  const commands = new Commands({ agent, session, workspace, quit: () => {} });
  const headline = card.tryIt[card.demo.prompt - 1];
  if (!headline)
    throw new Error(`The card of ${agent.name} names prompt ${card.demo.prompt}, which it does not have.`);
  const outcome = await runUntilIdle(agent, session, headline.prompt);
  for (const command of card.demo.commands)
    renderer.line(`\n${screen.colors.cyan("you >")} ${command}\n${await commands.run(command)}`);
  return EXIT_CODES[outcome.ending];
}

function leaveOnCtrlC(program: Program): void {
  process.on("SIGINT", () => void program.leave(EXIT_CODES.interrupted));
}
