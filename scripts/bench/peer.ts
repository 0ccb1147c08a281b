// A turn of ours against a turn of another agent. Its dependencies are large, so it is no part of the workspace:
// it lives in peers/, with a manifest and a lockfile of its own, and is installed when the figure is asked for.
import { spawnSync } from "node:child_process";
import { setMaxListeners } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Agent, run, Session } from "@course/runtime";
import { ratios, timed, type Figure } from "./figure.ts";
import { newAgent, startInstantModel, TURNS } from "./instant.ts";

const PEERS = join(import.meta.dirname, "peers");
const PI = join(PEERS, "node_modules/@mariozechner/pi-agent-core");

export const peer: Figure = {
  name: "peer",
  question: "the same turn, against pi-agent-core and the same tools",
  aim: 0.85,
  unit: "ratio",
  obstacle(isNamed) {
    if (isInstalled()) return undefined;
    if (!isNamed) return "npm run bench peer installs pi-agent-core (140 MB) and measures it.";
    console.error("Installing pi-agent-core in scripts/bench/peers, once (140 MB).");
    spawnSync("npm", ["ci"], { cwd: PEERS, stdio: ["ignore", process.stderr, "inherit"] });
    return isInstalled() ? undefined : "npm ci failed in scripts/bench/peers. Run it there to see why.";
  },
  async measure() {
    const agent = newAgent();
    const { url, model, stop } = await startInstantModel();
    const { version } = JSON.parse(readFileSync(join(PI, "package.json"), "utf8")) as { version: string };
    const { Agent: Peer } = (await import(pathToFileURL(join(PI, "dist/index.js")).href)) as PiModule;
    // pi's SDK leaves a listener on the run's signal for each request, and Node would warn between our rows.
    setMaxListeners(0);
    const ours = () => timed(() => run(agent, new Session(model), "go"));
    const theirs = async () => {
      const pi = new Peer(piOptions(url, agent, new Session(model)));
      const time = await timed(() => pi.prompt("go"));
      // The prompt, for each turn a call and its result, and the last word.
      if (pi.state.messages.length !== 2 * TURNS + 2)
        throw new Error(
          `pi ended early: ${pi.state.errorMessage ?? `${pi.state.messages.length} messages`}.`,
        );
      return time;
    };
    const result = await ratios(90, ours, theirs);
    stop();
    return {
      values: result.values,
      context: `${(result.subject / TURNS).toFixed(2)} ms a turn, pi ${version} ${(result.limit / TURNS).toFixed(2)} ms`,
    };
  },
};

/** npm writes this file last. */
function isInstalled(): boolean {
  return existsSync(join(PEERS, "node_modules/.package-lock.json"));
}

/** What is used of pi-agent-core. Its own types are there only where it is installed. */
interface PiModule {
  Agent: new (options: object) => {
    prompt(text: string): Promise<void>;
    state: { messages: readonly unknown[]; errorMessage?: string };
  };
}

function piOptions(baseUrl: string, agent: Agent, session: Session): object {
  const tools = agent.tools.map((tool) => ({
    name: tool.name,
    label: tool.name,
    description: tool.description,
    parameters: tool.inputSchema(),
    async execute(toolUseId: string, input: unknown, signal = session.signal) {
      const { content } = await tool.run(input, { session, signal, toolUseId });
      return { content: [{ type: "text", text: content }], details: undefined };
    },
  }));
  const model = {
    id: session.model.id,
    name: session.model.id,
    api: "anthropic-messages",
    provider: "anthropic",
    baseUrl,
    reasoning: true,
    input: ["text"],
    cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
    contextWindow: 200_000,
    maxTokens: 32_000,
  };
  return { initialState: { systemPrompt: agent.instructions, model, tools }, getApiKey: () => "x" };
}
