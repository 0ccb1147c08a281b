// The table of s07's lesson: spellings of a forbidden command, and what the policy says of each.
import { Workspace } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { parseRule, Policy } from "@course/s07-permissions";
import { table } from "./format.ts";

const ALLOWED = ["Bash(ls:*)", "Bash(git status)"];
const DENIED = ["Bash(rm:*)"];

const SPELLINGS = [
  "rm x",
  "r''m x",
  "\\rm x",
  "/bin/rm x",
  "ls; rm x",
  'ls "$(rm x)"',
  "ls <(rm x)",
  "cat <<EOF\n$(rm x)\nEOF",
  "ls | xargs rm",
  "timeout 5 env rm x",
  "find . -exec rm {} +",
  "f() { rm x; }; f",
  "x=rm; $x y",
  "$'\\x72m' x",
  "r?m x",
  'bash -c "rm x"',
  "alias ls=rm; ls x",
  "PATH=/evil ls",
  "git -c alias.status='!rm x' status",
  "l\\\ns",
  "ls > x",
  "ls -la | sort && git status",
];

/** Verdicts with ls and git status allowed and rm denied. */
export async function bypassTable(): Promise<string> {
  const root = temporaryFolder();
  const parse = (rules: readonly string[]) => rules.map((rule) => parseRule(rule, "settings", root));
  const policy = new Policy(new Workspace(root), {
    allow: parse(ALLOWED),
    deny: parse(DENIED),
    ask: [],
    mode: "default",
    notes: [],
  });
  const rows = [];
  for (const command of SPELLINGS) {
    const { decision, reason } = await policy.judge({ name: "bash", input: { command }, readOnly: false });
    const shown = command.replaceAll("\n", "⏎").replaceAll("|", "\\|");
    rows.push([`\`${shown}\``, decision, reason.replaceAll("|", "\\|") || "each of its commands is allowed"]);
  }
  return table(["Command", "Verdict", "Why"], rows);
}
