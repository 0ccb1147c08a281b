// A team on a scripted model, and what its members were told.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { call, scriptOfTeam } from "@course/offline-model/test";
import { baseTools, defineAgent, type Extension, type Workspace } from "@course/runtime";
import { openSession } from "@course/runtime/testing";
import { agentTeams } from "@course/s15-agent-teams";
import { onTestFinished } from "vitest";

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
  replies: Parameters<typeof scriptOfTeam>[0],
  { folder, extensions = () => [], answer, maxTurns = 100 }: TeamOptions = {},
) {
  const { model, requestsOf, left } = scriptOfTeam(replies);
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

/** The members as the folder has them. */
export const states = (root: string) =>
  (JSON.parse(readFileSync(join(root, ".team/config.json"), "utf8")) as { members: object[] }).members;
