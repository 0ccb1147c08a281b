import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { call, say, script } from "@course/offline-model/test";
import { openSession } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { createAgent } from "../src/agent.ts";

test("git sees neither transcripts nor large results", async () => {
  const open = await openSession(
    createAgent,
    script(call("bash", { command: "seq 1 20000" }), say("done"), say("SUMMARY")),
  );
  const { root } = open.workspace;
  execFileSync("git", ["init", "--quiet"], { cwd: root });
  await open.run("count");
  await open.agent.extensions[0]?.commands?.["compact"]?.run("", open.session);
  expect([".transcripts", ".task_outputs"].filter((name) => existsSync(join(root, name)))).toHaveLength(2);
  expect(execFileSync("git", ["status", "--porcelain"], { cwd: root, encoding: "utf8" })).toBe("");
  await open.close();
});
