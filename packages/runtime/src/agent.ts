// Making an agent. The loop gives it life.
import { ORDER, type Agent, type Extension } from "./extension.ts";
import type { Tool } from "./tools/tool.ts";

export interface AgentDefinition extends Omit<Agent, "extensions" | "maxTurns"> {
  extensions?: Agent["extensions"];
  maxTurns?: number;
}

/** Fills in defaults. Throws an Error if two tools or two extensions have one name, or one has none. */
export function defineAgent(definition: AgentDefinition): Agent {
  const { extensions = [] } = definition;
  const order = ({ order = ORDER.others }: Extension) => order;
  const agent = {
    maxTurns: 100,
    ...definition,
    extensions: extensions.toSorted((a, b) => order(a) - order(b)),
  };
  checkNames("tools", toolsOf(agent));
  checkNames("extensions", agent.extensions);
  return agent;
}

/** The tools that the agent offers now: its own and its extensions'. */
export function toolsOf(agent: Agent): Tool[] {
  const added = agent.extensions.map(({ tools = [] }) => (typeof tools === "function" ? tools() : tools));
  return [...agent.tools, ...added.flat()];
}

function checkNames(kind: string, items: readonly { name: string }[]): void {
  const names = items.map((item) => item.name);
  if (names.includes("")) throw new Error(`One of the ${kind} has no name. Give it one.`);
  const twin = names.find((name, index) => names.indexOf(name) !== index);
  if (twin !== undefined) throw new Error(`Two ${kind} are named "${twin}". Take one of them away.`);
}
