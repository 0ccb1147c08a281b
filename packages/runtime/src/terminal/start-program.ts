// Starts an agent as a program: reads the flags, chooses the model and the folder, and picks the
// mode: a prompt for a person, one prompt (-p), prompts from a pipe, or a demo.
import { resolve } from "node:path";
import type { ModelClient } from "../conversation/model-client.ts";
import type { Agent, Extension } from "../extension.ts";
import { createModelClient, type StartOfflineModel } from "../model/client.ts";
import { loadEnvironment } from "./environment.ts";
import { Session } from "../conversation/session.ts";
import { Workspace } from "../workspace/workspace.ts";
import { showBanner } from "./banner.ts";
import { stack, type Card, type ChapterModule, type FlagValues } from "./chapter.ts";
import { startTrace } from "./commands.ts";
import { flagHelp, outputFormat, parseFlags } from "./flags.ts";
import { runDemo, runJsonLines, runLines, runOnce, type TerminalContext } from "./one-shot.ts";
import type { Host } from "./host.ts";
import { inspection } from "./messages.ts";
import { tellPlaces, type Mine } from "./mine.ts";
import { withPipedInput } from "./piped-input.ts";
import { Program } from "./program.ts";
import { Repl } from "./repl.ts";
import { secretsIn } from "./secrets.ts";
import { screenOn } from "./style.ts";
import { errorMessage } from "../errors.ts";

type Environment = Readonly<Record<string, string | undefined>>;
export type Inspect = (
  session: Session,
  name: string,
  secrets: readonly string[],
  say: (line: string) => void,
) => Promise<Extension>;

/** What a program is made of besides its flags. */
export interface ProgramParts {
  card: Card;
  chapter: ChapterModule;
  /** Chapters whose mechanisms are added. */
  others: readonly ChapterModule[];
  /** The file with settings, which need not exist. */
  envFile: string;
  /** The folder to work in without --dir. May throw an Error that says what to do. */
  defaultFolder(): string;
  startOfflineModel?: StartOfflineModel;
  /** --inspect: serves the session to a browser, tells `say` where, and ends as the extension that it returns. */
  inspect?: Inspect;
  /** What of it the learner wrote. */
  mine?: Mine | undefined;
}

/** Runs a program to its end and exits the process. What is wrong at the start is one line on stderr. */
export async function startProgram(parts: ProgramParts, host: Host = process): Promise<void> {
  try {
    const { card, chapter, others } = parts;
    const chapterFlags = Object.assign({}, ...others.map((other) => other.flags), chapter.flags);
    const args = host.argv.slice(2);
    // A demo starts as its prompt wants it; what is typed wins.
    const forDemo = args.includes("--demo") ? (card.tryIt[card.demo.prompt - 1]?.flags ?? []) : [];
    const values = parseFlags([...forDemo, ...args], chapterFlags);
    if (!values["help"]) return await start(parts, values, chapterFlags, host);
    screenOn(host.stdout).line(`${card.title}: ${card.subtitle}\n\nFlags:\n${flagHelp(chapterFlags)}`);
    host.exit(0);
  } catch (error) {
    screenOn(host.stderr).line(errorMessage(error));
    host.exit(1);
  }
}

async function start(
  parts: ProgramParts,
  values: FlagValues,
  chapterFlags: TerminalContext["chapterFlags"],
  host: Host,
): Promise<void> {
  const { card, chapter } = parts;
  const { env, problems } = loadEnvironment(host.env, parts.envFile);
  const mode = Object.entries(chapter.modes ?? {}).find(([flag]) => values[flag] === true);
  if (mode)
    return host.exit(await mode[1](await openModel(parts, values, env, host), values, chapter.createAgent));
  const folder = openWorkspace(textOf(values, "dir"), parts, host);
  const { agent, workspace } = await openAgent(folder, parts, values);
  const session = new Session(await openModel(parts, values, env, host));
  const secrets = secretsIn(env);
  const errors = screenOn(host.stderr);
  const say = (line: string) => errors.line(line);
  const inspector = values["inspect"] ? [await inspectorOf(parts)(session, agent.name, secrets, say)] : [];
  const program = new Program(withExtensions(agent, inspector), session, { mine: parts.mine, secrets, host });
  if (parts.mine) tellPlaces(session);
  for (const problem of problems) errors.line(problem);
  const flags = Object.fromEntries(
    ["with", ...Object.keys(chapterFlags)].map((flag) => [flag, values[flag]]),
  );
  if (values["trace"]) errors.line(startTrace(session, folder, { chapter: agent.name, flags }, secrets));
  await runInMode({ card, program, workspace, values, chapterFlags });
}

function inspectorOf({ inspect }: ProgramParts): Inspect {
  if (!inspect) throw new Error("The inspector lives in the repository. Leave --inspect out.");
  return inspect;
}

function withExtensions(agent: Agent, extensions: readonly Extension[]): Agent {
  return { ...agent, extensions: [...agent.extensions, ...extensions] };
}

/** The agent with what the flags add, and the workspace that its chapters make of the folder. */
async function openAgent(
  folder: Workspace,
  { chapter, others }: ProgramParts,
  values: FlagValues,
): Promise<{ agent: Agent; workspace: Workspace }> {
  let workspace = folder;
  for (const each of [chapter, ...others])
    workspace = (await each.openWorkspace?.(workspace, values)) ?? workspace;
  const stacked = stack(
    chapter.createAgent(workspace, values),
    others.map((other) => other.createAgent(workspace, values)),
  );
  const steps = values["step"] === true;
  if (steps && stacked.loop)
    throw new Error(`--step: ${stacked.name} has a loop of its own. Start from s02.`);
  const watched = withExtensions(stacked, [inspection(steps)]);
  return { agent: limitTurns(watched, textOf(values, "max-turns")), workspace };
}

async function runInMode(context: TerminalContext): Promise<void> {
  const { card, program, workspace, values } = context;
  const { stdin, stdout, stderr } = program.host;
  const prompt = textOf(values, "print");
  if (prompt !== undefined) {
    const tell = (line: string) => screenOn(stderr).line(line);
    const whole = await withPipedInput(prompt, stdin, tell);
    return program.leave(await runOnce(context, whole, outputFormat(values)));
  }
  if (textOf(values, "input-format") === "stream-json") return program.leave(await runJsonLines(context));

  const screen = screenOn(stdout);
  const header = () =>
    showBanner(card, program.agent, program.session.model, workspace, screen, program.mine);
  if (values["demo"]) {
    header();
    return program.leave(await runDemo(context, screen));
  }
  if (!stdin.isTTY) {
    const code = await runLines(context);
    if (code !== "no lines") return program.leave(code);
    header();
    return program.leave(await runDemo(context, screen));
  }
  header();
  await new Repl(context, screen).run(textOf(values, "try"));
}

function textOf(values: FlagValues, name: string): string | undefined {
  const value = values[name];
  return typeof value === "string" ? value : undefined;
}

async function openModel(
  { startOfflineModel }: ProgramParts,
  values: FlagValues,
  env: Environment,
  { stdout }: Host,
): Promise<ModelClient> {
  const { model: id, fault } = values;
  const model = createModelClient({
    env,
    offline: values["offline"] === true,
    model: typeof id === "string" ? id : undefined,
    // Nobody watches a pipe.
    pace: stdout.isTTY === true,
    ...(startOfflineModel && { startOfflineModel }),
  });
  if (fault !== undefined && !model.setFaults)
    throw new Error("--fault needs the offline model. Add --offline.");
  if (fault !== undefined) await model.setFaults?.(String(fault));
  return model;
}

function openWorkspace(
  folder: string | undefined,
  { defaultFolder }: ProgramParts,
  { env }: Host,
): Workspace {
  // npm runs scripts in the repository's root; INIT_CWD is where the learner stands.
  if (folder !== undefined) return new Workspace(resolve(env["INIT_CWD"] ?? process.cwd(), folder));
  return new Workspace(defaultFolder());
}

function limitTurns(agent: Agent, limit: string | undefined): Agent {
  return limit === undefined ? agent : { ...agent, maxTurns: Number(limit) };
}
