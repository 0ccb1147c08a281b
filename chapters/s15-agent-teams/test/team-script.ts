// A scripted model for several agents at once: each has replies of its own, whatever order they ask in.
import { call, say, script, type MessageRequest, type Turn } from "@course/offline-model/test";
import { baseTools, defineAgent, type Extension, type Workspace } from "@course/runtime";
import { openSession } from "@course/runtime/testing";
import { agentTeams } from "@course/s15-agent-teams";
import { onTestFinished } from "vitest";

/** Who asks, by the system prompt. */
function speaker({ system }: MessageRequest): string {
  return /You are ([a-z0-9-]+), a teammate/.exec(JSON.stringify(system ?? ""))?.[1] ?? "lead";
}

/** Replies by agent; one whose replies are used up says nothing more of interest. */
export function scriptFor(replies: Readonly<Record<string, readonly Turn[]>>) {
  const left = new Map(Object.entries(replies).map(([name, turns]) => [name, [...turns]]));
  const answer: Turn = (request) => {
    const turn = left.get(speaker(request))?.shift() ?? say("nothing more");
    const made = typeof turn === "function" ? turn(request) : turn;
    return made;
  };
  const model = script(...Array<Turn>(500).fill(answer));
  return {
    model,
    /** What each agent was asked, oldest first. */
    requestsOf: (name: string) => model.requests.filter((request) => speaker(request) === name),
    /** Replies that were never asked for. */
    left: () => [...left].flatMap(([name, turns]) => (turns.length > 0 ? [`${name}: ${turns.length}`] : [])),
  };
}

export const spawn = (name: string, prompt = "work", role = "helper") =>
  call("spawn_teammate", { name, role, prompt });
export const send = (to: string, content: string) => call("send_message", { to, content });

export interface TeamOptions {
  folder?: string;
  extensions?: (workspace: Workspace) => Extension[];
  answer?: Parameters<typeof openSession>[3];
  maxTurns?: number;
}

export async function openTeam(
  replies: Parameters<typeof scriptFor>[0],
  { folder, extensions = () => [], answer, maxTurns = 100 }: TeamOptions = {},
) {
  const { model, requestsOf, left } = scriptFor(replies);
  const agent = (workspace: Workspace) =>
    defineAgent({
      name: "test",
      instructions: "Be brief.",
      tools: baseTools(workspace),
      extensions: [agentTeams(workspace), ...extensions(workspace)],
      maxTurns,
    });
  const opened = await openSession(agent, model, folder, answer);
  onTestFinished(() => opened.close());
  const command = async (name: string, argument = "") =>
    opened.agent.extensions
      .flatMap(({ commands }) => commands?.[name] ?? [])[0]
      ?.run(argument, opened.session);
  return {
    ...opened,
    command,
    requestsOf,
    left,
    /** What the harness injected into the lead's conversation. */
    mail: () => opened.events.flatMap((event) => (event.type === "injected" ? [event.text] : [])),
    /** What the harness injected into a teammate's. */
    mailOf: (name: string) =>
      opened.events.flatMap((event) =>
        event.type === "subagent" && event.label === name && event.event.type === "injected"
          ? [event.event.text]
          : [],
      ),
    notices: () => opened.events.flatMap((event) => (event.type === "notice" ? [event.message] : [])),
  };
}
