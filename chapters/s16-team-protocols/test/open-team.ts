// A team with requests on a scripted model, and what became of the requests.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { call, scriptOfTeam, type Turn } from "@course/offline-model/test";
import { baseTools, defineAgent, type Workspace } from "@course/runtime";
import { openSession } from "@course/runtime/testing";
import { agentTeams } from "@course/s15-agent-teams";
import { teamProtocols, type RequestRecord } from "@course/s16-team-protocols";
import { onTestFinished } from "vitest";

export async function open(replies: Readonly<Record<string, readonly Turn[]>>, folder?: string) {
  const { model, requestsOf, left } = scriptOfTeam(replies);
  const agent = (workspace: Workspace) =>
    defineAgent({
      name: "test",
      instructions: "Be brief.",
      tools: baseTools(workspace),
      extensions: [agentTeams(workspace), teamProtocols(workspace)],
    });
  const opened = await openSession(agent, model, folder);
  onTestFinished(() => opened.close());
  const { workspace, events, agent: made, session } = opened;
  return {
    ...opened,
    left,
    toolsOffered: (name: string) => requestsOf(name).map(({ tools = [] }) => tools.map((tool) => tool.name)),
    requestsOf,
    notices: () => events.flatMap((event) => (event.type === "notice" ? [event.message] : [])),
    records: () => recordsIn(workspace.root),
    resultsOf: (name: string) =>
      events.flatMap((event) =>
        event.type === "subagent" && event.label === name && event.event.type === "tool_ended"
          ? [textOf(event.event.result.content)]
          : [],
      ),
    command: async (name: string, argument = "") =>
      made.extensions.flatMap(({ commands }) => commands?.[name] ?? [])[0]?.run(argument, session),
  };
}

export function recordsIn(root: string): RequestRecord[] {
  const folder = join(root, ".team/requests");
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return names.sort().map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as RequestRecord);
}

const textOf = (content: unknown) => (typeof content === "string" ? content : JSON.stringify(content));

export const spawn = (name: string, plan_first = false) =>
  call("spawn_teammate", { name, role: "helper", prompt: "work", ...(plan_first && { plan_first }) });
export const review = (request_id: string, approve: boolean, feedback?: string) =>
  call("review_plan", { request_id, approve, ...(feedback !== undefined && { feedback }) });
