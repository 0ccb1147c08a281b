// Permissions (s07) judge a teammate's call in the folder that the teammate works in.
import { call, say, scriptOfTeam } from "@course/offline-model/test";
import { baseTools, defineAgent, type Workspace } from "@course/runtime";
import { openSession, temporaryFolder } from "@course/runtime/testing";
import { permissions } from "@course/s07-permissions";
import { agentTeams } from "@course/s15-agent-teams";
import { worktreeIsolation } from "@course/s18-worktree-isolation";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { newRepository } from "./new-repository.ts";

beforeAll(() => void (process.env["HOME"] = temporaryFolder()));

test("a teammate's edit in its worktree is judged there, and what is denied in the project is denied in the copy", async () => {
  const repository = newRepository();
  const write = (file_path: string) => call("write_file", { file_path, content: "ada\n" });
  const { model } = scriptOfTeam({
    lead: [
      [call("spawn_teammate", { name: "ada", role: "helper", prompt: "work" })],
      say("started"),
      say("ok"),
    ],
    ada: [write("greet.txt"), write("secrets/key"), write(".npmrc"), say("done")],
  });
  const values = { "permission-mode": "acceptEdits", deny: "Edit(./secrets/**)", allow: "spawn_teammate" };
  const agent = (workspace: Workspace) =>
    defineAgent({
      name: "test",
      instructions: "Be brief.",
      tools: baseTools(workspace),
      extensions: [permissions(workspace, values), agentTeams(workspace), worktreeIsolation(workspace)],
    });
  const open = await openSession(agent, model, repository.root);
  onTestFinished(() => open.close());
  await open.runUntilIdle("go");
  const results = open.events.flatMap((event) =>
    event.type === "subagent" && event.event.type === "tool_ended"
      ? [JSON.stringify(event.event.result.content)]
      : [],
  );
  expect(results[0], "an edit in the worktree").toContain("Wrote 4 characters to greet.txt.");
  expect(results[1]).toContain("denied by Edit(./secrets/**)");
  expect(results[2], "a guarded file in the worktree").toContain("nobody is here to be asked");
  expect(repository.gitIn("ada", "status", "--short")).toBe("M greet.txt");
});
