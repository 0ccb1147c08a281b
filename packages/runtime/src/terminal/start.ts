// Starts a chapter: reads the flags, chooses the model and the folder, and picks the mode:
// a prompt for a person, one prompt (-p), prompts from a pipe, or a demo.
import { join, resolve } from "node:path";
import type { Agent } from "../agent.ts";
import { createModelClient, loadEnvironment } from "../client.ts";
import { Session } from "../session.ts";
import { ensurePlayground, Workspace } from "../workspace.ts";
import { banner } from "./banner.ts";
import {
  loadChapters,
  readCard,
  REPOSITORY,
  stack,
  type Card,
  type ChapterModule,
  type FlagValues,
} from "./chapter.ts";
import { startTrace } from "./commands.ts";
import { flagHelp, parseFlags } from "./flags.ts";
import { runDemo, runLines, runOnce } from "./one-shot.ts";
import { Program } from "./program.ts";
import { Repl } from "./repl.ts";
import { screenOn } from "./style.ts";

/** Runs a chapter to its end and exits the process; call it from main.ts with import.meta.url. */
export async function startTerminal(chapter: ChapterModule, mainUrl: string): Promise<void> {
  try {
    const card = readCard(mainUrl);
    const names = withList(process.argv.slice(2));
    const others = await loadChapters(names);
    const chapterFlags = Object.assign({}, ...others.map((other) => other.flags), chapter.flags);
    const values = parseFlags(process.argv.slice(2), chapterFlags);
    if (values["help"]) {
      console.log(
        `${card.title}: ${card.subtitle}\n\nUsage: npm run <chapter> -- [flags]\n\n${flagHelp(chapterFlags)}`,
      );
      return;
    }
    await start(card, chapter, others, values);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}

/** --with is read first: the chapters that it names may bring flags of their own. */
function withList(args: readonly string[]): string[] {
  const index = args.findIndex((arg) => arg === "--with" || arg.startsWith("--with="));
  const list = args[index]?.split("=")[1] ?? args[index + 1];
  return index === -1 || !list ? [] : list.split(",").map((name) => name.trim());
}

async function start(
  card: Card,
  chapter: ChapterModule,
  others: ChapterModule[],
  values: FlagValues,
): Promise<void> {
  const text = (name: string) => (typeof values[name] === "string" ? values[name] : undefined);
  const { env, problems } = loadEnvironment(process.env, join(REPOSITORY, ".env"));
  const workspace = openWorkspace(text("dir"));
  const agent = limitTurns(
    stack(
      chapter.createAgent(workspace, values),
      others.map((other) => other.createAgent(workspace, values)),
    ),
    text("max-turns"),
  );
  const model = createModelClient({
    env,
    offline: values["offline"] === true,
    model: text("model"),
    faults: text("fault"),
    pace: true,
  });
  const session = new Session(model);
  const program = new Program(agent, session);
  const context = { card, program, workspace };
  for (const problem of problems) console.error(problem);
  if (values["trace"]) console.error(startTrace(session, workspace));

  const prompt = text("print");
  const piped = !process.stdin.isTTY;
  if (prompt !== undefined)
    return program.leave(await runOnce(context, prompt, text("output-format") === "stream-json"));

  const screen = screenOn(process.stdout);
  const header = () => process.stdout.write(`${banner(card, agent, model, workspace, screen)}\n\n`);
  if (values["demo"]) {
    header();
    return program.leave(await runDemo(context, screen));
  }
  if (piped) {
    const code = await runLines(context, process.stdin);
    if (code !== "no lines") return program.leave(code);
    header();
    return program.leave(await runDemo(context, screen));
  }
  header();
  await new Repl(context, screen).run();
}

function openWorkspace(folder: string | undefined): Workspace {
  // npm runs scripts in the repository's root; INIT_CWD is where the learner stands.
  if (folder !== undefined) return new Workspace(resolve(process.env["INIT_CWD"] ?? process.cwd(), folder));
  const playground = join(REPOSITORY, "playground");
  ensurePlayground(playground, join(REPOSITORY, "packages/playground/template"));
  return new Workspace(playground);
}

function limitTurns(agent: Agent, limit: string | undefined): Agent {
  return limit === undefined ? agent : { ...agent, maxTurns: Number(limit) };
}
