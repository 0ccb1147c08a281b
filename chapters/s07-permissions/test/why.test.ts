import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { renderWhy } from "../src/why.ts";
import { newPolicy, type Rules } from "./new-policy.ts";

const RULES: Rules = {
  allow: ["Bash(npm test)"],
  deny: ["Bash(rm:*)", "Read(.env)"],
  ask: ["Bash(git push:*)"],
};

async function why(command: string, rules: Rules = RULES): Promise<string[]> {
  const { policy, root } = newPolicy(rules, ["a", "sub/b"]);
  const text = renderWhy(await policy.explain(command));
  expect(existsSync(join(root, "made"))).toBe(false);
  return text.split("\n").map((line) => line.trimEnd());
}

test("shows each part with what decided it, marks the worst, and runs nothing", async () => {
  expect(await why("ls -la && npm test && rm -rf sub > made")).toEqual([
    "deny  ls -la && npm test && rm -rf sub > made",
    "├─ allow ls -la      ls only reads here",
    "├─ allow npm test    allowed by Bash(npm test) (test)",
    "├─ deny  rm -rf sub  denied by Bash(rm:*) (test)  ◄ decides",
    "└─ ask   > made      no rule allows Edit(/made)",
  ]);
});

test("shows what a wrapper runs below it, and what a substitution runs beside it", async () => {
  expect(await why('timeout 5 env rm a; echo "$(touch made)"')).toEqual([
    'deny  timeout 5 env rm a; echo "$(touch made)"',
    "├─ deny  timeout 5 env rm a    denied by Bash(rm:*) (test)",
    "│  ├─ allow env rm a           it only runs what follows",
    "│  └─ deny  rm a               denied by Bash(rm:*) (test)  ◄ decides",
    "├─ ask   touch made            no rule allows Bash(touch made)",
    '└─ allow echo "$(touch made)"  echo only reads here',
  ]);
});

test.each<[string, string]>([
  ["cat .env", "denied by Read(.env)"],
  ["git push origin main", "asked for by Bash(git push:*)"],
  ["for f in *; do ls; done", "the line as a whole  it cannot be decided: it has a for statement"],
  ["x=rm; $x a", "Bash(rm:*) may be meant"],
  ["git log --oneline", "git log only reads here"],
])("of %j it says: %s", async (command, reason) => {
  expect((await why(command)).join("\n")).toContain(reason);
});

test("a rule for exactly the line is named where it overrules the parts", async () => {
  const lines = await why("eval ls", { allow: ["Bash(eval ls)"] });
  expect(lines[0]).toBe("allow eval ls");
  expect(lines.at(-1)).toBe("      Bash(eval ls) (test) allows exactly this line");
});

test.each([
  ["ls; rm a", "deny"],
  ["ls | sort", "allow"],
  ["touch a", "ask"],
  ["l\\\ns", "ask"],
  ["timeout 5 ls", "allow"],
  ["", "allow"],
])("says of %j what the policy decides: %s", async (command, decision) => {
  expect((await why(command))[0]?.slice(0, 5).trim()).toBe(decision);
  expect(await newPolicy(RULES, ["a"]).bash(command)).toBe(decision);
});
