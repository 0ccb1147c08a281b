// A team that shares a board, on a scripted model.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { call, scriptOfTeam, type Turn } from "@course/offline-model/test";
import { baseTools, defineAgent, type Workspace } from "@course/runtime";
import { openSession } from "@course/runtime/testing";
import { taskSystem } from "@course/s12-task-system";
import { agentTeams } from "@course/s15-agent-teams";
import { autonomousAgents, keepClaim } from "@course/s17-autonomous-agents";
import { onTestFinished } from "vitest";

export async function open(replies: Readonly<Record<string, readonly Turn[]>>, seconds = 60) {
  const { model, requestsOf } = scriptOfTeam(replies);
  const agent = (workspace: Workspace) =>
    defineAgent({
      name: "test",
      instructions: "Be brief.",
      tools: baseTools(workspace),
      extensions: [
        agentTeams(workspace),
        taskSystem(workspace, keepClaim),
        autonomousAgents(workspace, seconds),
      ],
    });
  const opened = await openSession(agent, model);
  onTestFinished(() => opened.close());
  const { workspace, events } = opened;
  return {
    ...opened,
    requestsOf,
    task: (id: number) =>
      JSON.parse(readFileSync(join(workspace.root, `.tasks/task_${id}.json`), "utf8")) as Record<
        string,
        unknown
      >,
    injectedInto: (name: string) =>
      events.flatMap((event) =>
        event.type === "subagent" && event.label === name && event.event.type === "injected"
          ? [event.event.text]
          : [],
      ),
    mail: () => events.flatMap((event) => (event.type === "injected" ? [event.text] : [])).join("\n"),
    notices: () => events.flatMap((event) => (event.type === "notice" ? [event.message] : [])),
    command: async (name: string, argument = "") =>
      opened.agent.extensions
        .flatMap(({ commands }) => commands?.[name] ?? [])[0]
        ?.run(argument, opened.session),
  };
}

export const spawn = (name: string) => call("spawn_teammate", { name, role: "helper", prompt: "look" });
export const create = (subject: string) => call("task_create", { subject });
export const complete = (id: number) => call("task_update", { id, status: "completed" });
