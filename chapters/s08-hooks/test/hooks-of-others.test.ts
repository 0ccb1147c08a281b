// Hooks as people publish them for Claude Code, by what they do: they read its fields, with jq, Python and Node, and
// answer in its ways. Nothing in them knows this course.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { call, say, type Turn } from "@course/offline-model/test";
import { expect, test } from "vitest";
import { open, type HookSpec } from "./open.ts";

const bash = (command: string) => call("bash", { command });

async function runWith(events: Record<string, HookSpec[]>, files: Record<string, string>, turns: Turn[]) {
  const hook = await open({ events, turns, files });
  const outcome = await hook.run("go");
  await hook.close();
  return { ...hook, outcome, root: hook.workspace.root };
}

test("bash and jq: dangerous commands are refused", async () => {
  const script = `#!/usr/bin/env bash
set -euo pipefail
cmd=$(jq -r .tool_input.command)
if [[ "$cmd" =~ rm[[:space:]]+-rf ]]; then
  echo "Blocked: rm -rf. Use trash instead." >&2
  exit 2
fi
`;
  const { results, root } = await runWith(
    { PreToolUse: [{ matcher: "Bash", command: "$CLAUDE_PROJECT_DIR/.claude/hooks/guard.sh" }] },
    { ".claude/hooks/guard.sh": script },
    [bash("mkdir -p keep"), bash("rm -rf keep"), say("ok")],
  );
  expect(results()).toEqual(["(no output)", "A hook refused this call: Blocked: rm -rf. Use trash instead."]);
  expect(existsSync(join(root, "keep"))).toBe(true);
});

test("Python: files with secrets are denied with hookSpecificOutput", async () => {
  const script = `#!/usr/bin/env python3
import json, sys
data = json.load(sys.stdin)
path = data.get("tool_input", {}).get("file_path", "")
if data["tool_name"] in ("Read", "Edit", "Write") and path.endswith(".env"):
    print(json.dumps({"hookSpecificOutput": {
        "hookEventName": "PreToolUse",
        "permissionDecision": "deny",
        "permissionDecisionReason": f"{path} holds secrets",
    }}))
sys.exit(0)
`;
  const { results } = await runWith(
    {
      PreToolUse: [
        { matcher: "Read|Edit|Write", command: 'python3 "$CLAUDE_PROJECT_DIR"/.claude/hooks/env.py' },
      ],
    },
    { ".claude/hooks/env.py": script, ".env": "KEY=1" },
    [call("read_file", { file_path: ".env" }), say("ok")],
  );
  expect(results()).toEqual([
    expect.stringMatching(/^A hook refused this call: \/\S+\/\.env holds secrets$/),
  ]);
});

test("bash: a folder is guarded by its whole path, however the model names the file", async () => {
  const script = `case "$(jq -r .tool_input.file_path)" in "$CLAUDE_PROJECT_DIR"/vendor/*) echo no >&2; exit 2;; esac`;
  const { results } = await runWith({ PreToolUse: [{ matcher: "Write", command: script }] }, {}, [
    ...["vendor/a.js", "./x/../vendor/a.js", "a.js"].map((path) =>
      call("write_file", { file_path: path, content: "x" }),
    ),
    say("ok"),
  ]);
  expect(results().map((text) => text.startsWith("A hook refused this call: no"))).toEqual([
    true,
    true,
    false,
  ]);
});

test("Node: a file is formatted after every edit, read from /dev/stdin by name", async () => {
  const script = `#!/usr/bin/env node
const fs = require("fs");
const path = require("path");
const input = JSON.parse(fs.readFileSync("/dev/stdin", "utf8"));
const file = path.resolve(input.cwd, input.tool_input.file_path);
if (file.endsWith(".json")) {
  fs.writeFileSync(file, JSON.stringify(JSON.parse(fs.readFileSync(file, "utf8")), null, 2) + "\\n");
}
`;
  const { root, notices } = await runWith(
    { PostToolUse: [{ matcher: "Edit|MultiEdit|Write", command: "node .claude/hooks/format.cjs" }] },
    { ".claude/hooks/format.cjs": script },
    [call("write_file", { file_path: "a.json", content: '{"a":1}' }), say("ok")],
  );
  expect(readFileSync(join(root, "a.json"), "utf8")).toBe('{\n  "a": 1\n}\n');
  expect(notices()).toEqual([]);
});

test("bash: a Stop hook that runs the tests, and looks at stop_hook_active", async () => {
  const script = `#!/bin/bash
INPUT=$(cat)
if [ "$(echo "$INPUT" | jq -r '.stop_hook_active')" = "true" ]; then exit 0; fi
if ! ./check.sh > /tmp/out.$$ 2>&1; then
  jq -n --arg reason "Tests fail: $(cat /tmp/out.$$)" '{decision: "block", reason: $reason}'
fi
rm -f /tmp/out.$$
`;
  const { injected, outcome } = await runWith(
    { Stop: [{ command: "$CLAUDE_PROJECT_DIR/.claude/hooks/stop.sh" }] },
    { ".claude/hooks/stop.sh": script, "check.sh": "#!/bin/sh\necho 1 of 3 failed; exit 1\n" },
    [say("done"), say("I cannot mend it")],
  );
  expect(injected()).toEqual(["<hook-feedback>\nStop hook: Tests fail: 1 of 3 failed\n</hook-feedback>"]);
  expect(outcome).toMatchObject({ answer: "I cannot mend it" });
});

test("Python: a log of every prompt, and context for it", async () => {
  const script = `#!/usr/bin/env python3
import datetime, json, pathlib, sys
data = json.loads(sys.stdin.read())
log = pathlib.Path(data["cwd"]) / "prompts.log"
with log.open("a") as out:
    out.write(f'{data["session_id"]} {data["prompt"]}\\n')
assert pathlib.Path(data["transcript_path"]).exists()
print("Current branch: main")
`;
  const { root, injected } = await runWith(
    { UserPromptSubmit: [{ command: "python3 .claude/hooks/log.py" }] },
    { ".claude/hooks/log.py": script },
    [say("ok")],
  );
  expect(readFileSync(join(root, "prompts.log"), "utf8")).toMatch(/^[\da-f-]{36} go\n$/);
  expect(injected().join()).toContain("Current branch: main");
});

test("jq alone: a command is rewritten on its way", async () => {
  const command = `jq -c 'if .tool_input.command == "npm install" then {hookSpecificOutput: {hookEventName: "PreToolUse", permissionDecision: "allow", updatedInput: {command: "echo pnpm install"}}} else empty end'`;
  const { results } = await runWith({ PreToolUse: [{ matcher: "Bash", command }] }, {}, [
    bash("npm install"),
    bash("echo other"),
    say("ok"),
  ]);
  expect(results()).toEqual(["pnpm install\n", "other\n"].map((text) => text.trim()));
});

test("the last words of a reply are found in the transcript", async () => {
  const command = `jq -r .transcript_path | xargs -I{} tail -n 1 {} | jq -r '.message.content[-1].text' > last.txt`;
  const { root } = await runWith({ Stop: [{ command }] }, {}, [say("my last words")]);
  expect(readFileSync(join(root, "last.txt"), "utf8")).toBe("my last words\n");
});
