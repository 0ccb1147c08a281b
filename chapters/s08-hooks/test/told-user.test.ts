// What the user is told of hooks: their messages, what they cannot do, and what of them failed.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { say } from "@course/offline-model/test";
import { open, openIn, newHome, record, settingsWith, touch, writeJson } from "./open.ts";
import { temporaryFolder } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { hookName, textOfResult, toolResponse } from "../src/tool-names.ts";

const printing = (answer: object) => `echo '${JSON.stringify(answer)}'`;

test("a hook's systemMessage is for the user, whatever else the hook decides", async () => {
  const hook = await open({
    events: { PreToolUse: [{ command: printing({ systemMessage: "Look out." }) }] },
    turns: [touch, say("done")],
  });
  await hook.run("go");
  expect(hook.notices()).toEqual([expect.stringMatching(/^PreToolUse hook echo .* says: Look out\.$/)]);
  expect(JSON.stringify(hook.session.messages)).not.toContain("Look out.");
  await hook.close();
});

test.each(["SessionStart", "SessionEnd"])(
  "a hook of %s that blocks is told that it cannot",
  async (event) => {
    const hook = await open({ events: { [event]: [{ command: "echo no >&2; exit 2" }] } });
    expect(await hook.run("go")).toMatchObject({ ending: "completed", answer: "done" });
    await hook.close();
    expect(hook.notices()).toEqual([`${event} hook echo no >&2; exit 2: no (nothing can be blocked here)`]);
  },
);

test("a hook that wants to stop at the start is told that nothing runs yet", async () => {
  const hook = await open({
    events: { SessionStart: [{ command: printing({ continue: false, stopReason: "late" }) }] },
  });
  expect(await hook.run("go")).toMatchObject({ ending: "completed", answer: "done" });
  expect(hook.notices()).toContain("A hook wants to stop, and nothing runs yet: late");
  await hook.close();
});

test("where no transcript can be written, that is said once, and the hooks run", async () => {
  const root = temporaryFolder();
  writeFileSync(join(root, ".transcripts"), "a file is in the folder's place");
  const hook = await open({
    folder: root,
    events: { PreToolUse: [{ command: record }] },
    turns: [touch, touch, say("done")],
  });
  await hook.run("go");
  expect(hook.notices()).toEqual([expect.stringMatching(/^Hooks find no transcript: /)]);
  expect(hook.inputs()).toHaveLength(2);
  await hook.close();
});

test("what is too long and cannot be kept is cut all the same, and the model reads why", async () => {
  const root = temporaryFolder();
  writeFileSync(join(root, ".task_outputs"), "a file is in the folder's place");
  const hook = await open({
    folder: root,
    events: { PreToolUse: [{ command: `head -c 10001 /dev/zero | tr '\\0' x >&2; exit 2` }] },
    turns: [touch, say("done")],
  });
  await hook.run("go");
  expect(hook.results()[0]).toMatch(/x{1000}\n\[1 more characters were not kept: /);
  await hook.close();
});

test("what a hook that blocks leaves running is ended, and that is said", async () => {
  const command = "(sleep 30; echo) & exit 2";
  const hook = await open({ events: { PreToolUse: [{ command }] }, turns: [touch, say("done")] });
  await hook.run("go");
  expect(hook.notices()).toEqual([`PreToolUse hook ${command}: what it left running was ended`]);
  await hook.close();
});

test("a script that cannot be read is named as such where trust is asked for", async () => {
  const root = temporaryFolder();
  newHome();
  const file = join(root, ".claude/settings.json");
  writeJson(file, settingsWith({ Stop: [{ command: ".claude/hooks/gone.sh" }] }));
  const hook = await openIn(root, {});
  expect(hook.notices().join()).toContain('\n  ".claude/hooks/gone.sh" cannot be read');
  await hook.close();
});

test("tools go by the names that hooks know, and a result by its text and the kinds of the rest", () => {
  expect(["bash", "background_run", "worktree_run", "task", "toString", "mcp__a__b"].map(hookName)).toEqual([
    "Bash",
    "Bash",
    "Bash",
    "Agent",
    "toString",
    "mcp__a__b",
  ]);
  const source = { type: "base64" as const, media_type: "image/png" as const, data: "" };
  const content = [
    { type: "text" as const, text: "a" },
    { type: "image" as const, source },
  ];
  expect(textOfResult({ content })).toBe("a\n[image]");
  expect(toolResponse("Edit", { file_path: "a" }, { content: "x" })).toEqual({
    filePath: "a",
    success: true,
  });
  expect(toolResponse("Read", { file_path: "a" }, { content: "x" })).toEqual({ content: "x", filePath: "a" });
  expect(toolResponse("Glob", undefined, { content: "x" })).toEqual({ content: "x" });
});
