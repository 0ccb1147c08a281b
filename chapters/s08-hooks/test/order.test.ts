// Hooks and permissions together: a hook changes an input before it is judged, whichever is named first.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { call, say, script } from "@course/offline-model/test";
import { baseTools, defineAgent, type Workspace } from "@course/runtime";
import { openSession, temporaryFolder } from "@course/runtime/testing";
import { permissions } from "@course/s07-permissions";
import { hooks } from "@course/s08-hooks";
import { expect, test } from "vitest";
import { newHome, openIn, record, settingsWith, writeJson } from "./open.ts";

const answering = (inner: object) =>
  `echo '${JSON.stringify({ hookSpecificOutput: { hookEventName: "PreToolUse", ...inner } })}'`;

async function runBoth(
  order: "hooks first" | "permissions first",
  answer: object,
  flags: Record<string, string>,
  permissionsOfHome: object = {},
) {
  const events = { PreToolUse: [{ command: `${record}; ${answering(answer)}` }] };
  writeJson(join(newHome(), ".claude/settings.json"), {
    ...settingsWith(events),
    permissions: permissionsOfHome,
  });
  const root = temporaryFolder();
  const both = (workspace: Workspace) => [hooks(workspace, flags), permissions(workspace, flags)];
  const opened = await openSession(
    (workspace) =>
      defineAgent({
        name: "test",
        instructions: "Test.",
        tools: baseTools(workspace),
        extensions: order === "hooks first" ? both(workspace) : both(workspace).toReversed(),
      }),
    script(call("bash", { command: "touch asked" }), say("done")),
    root,
  );
  await opened.run("go");
  await opened.close();
  const made = ["asked", "changed"].filter((name) => existsSync(join(root, name)));
  return { made, results: opened.results() };
}

const changed = { updatedInput: { command: "touch changed" } };

test("a hook's input is what is judged, and what is judged is what runs, in either order", async () => {
  for (const order of ["hooks first", "permissions first"] as const) {
    const denied = await runBoth(order, changed, { allow: "Bash(touch asked)", deny: "Bash(touch changed)" });
    expect(denied.made, "a deny rule for the changed command must hold; what ran is").toEqual([]);
    expect(denied.results[0]).toContain("denied by Bash(touch changed)");
    const allowed = await runBoth(order, changed, { allow: "Bash(touch changed)" });
    expect(allowed.made).toEqual(["changed"]);
  }
});

test.each(["hooks first", "permissions first"] as const)(
  "%s: an allow of a hook answers the question, and never overrules a deny rule",
  async (order) => {
    const allow = { permissionDecision: "allow" };
    expect((await runBoth(order, allow, {})).made).toEqual(["asked"]);
    expect((await runBoth(order, allow, { deny: "Bash(touch:*)" })).made).toEqual([]);
    expect((await runBoth(order, { ...allow, ...changed }, { deny: "Bash(touch changed)" })).made).toEqual(
      [],
    );
  },
);

test.each(["hooks first", "permissions first"] as const)(
  "%s: an allow of a hook does not answer what an ask rule asks",
  async (order) => {
    const rules = { ask: ["Bash(touch:*)"] };
    const { made, results } = await runBoth(order, { permissionDecision: "allow" }, {}, rules);
    expect(made).toEqual([]);
    expect(results[0]).toContain("asked for by Bash(touch:*)");
  },
);

test.each(["hooks first", "permissions first"] as const)(
  "%s: an ask of a hook asks where a rule would allow",
  async (order) => {
    const ask = { permissionDecision: "ask", permissionDecisionReason: "sure?" };
    const { made, results } = await runBoth(order, ask, { allow: "Bash" });
    expect(made).toEqual([]);
    expect(results[0]).toContain("sure?");
  },
);

test("a hook sees what the model sent, and a call that permissions refuse is no failure of its tool", async () => {
  writeJson(
    join(newHome(), ".claude/settings.json"),
    settingsWith({
      PreToolUse: [{ command: `${record}; ${answering(changed)}` }],
      PostToolUse: [{ command: record }],
      PostToolUseFailure: [{ command: record }],
    }),
  );
  const opened = await openIn(temporaryFolder(), {
    others: (workspace) => [permissions(workspace, { deny: "Bash(touch changed)" })],
    turns: [call("bash", { command: "touch asked" }), say("done")],
  });
  await opened.run("go");
  expect(opened.inputs()).toMatchObject([
    { hook_event_name: "PreToolUse", tool_input: { command: "touch asked" } },
  ]);
  await opened.close();
});
