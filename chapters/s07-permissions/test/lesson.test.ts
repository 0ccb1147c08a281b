// What the lesson's exercises break: each test's message says what the change lets happen.
import { expect, test } from "vitest";
import { newPolicy } from "./new-policy.ts";

test("a line that the grammar reads as one command, and bash as two, is asked", async () => {
  const { bash } = newPolicy();
  expect(await bash("ls\n\\\ntouch made"), "bash runs ls, then touch; the policy").toBe("ask");
});

test("a line is as bad as its worst part, wherever that stands", async () => {
  const { bash } = newPolicy({ deny: ["Bash(rm:*)"] });
  const verdicts = [await bash("rm -rf src; ls"), await bash("ls; rm -rf src")];
  expect(verdicts, "rm -rf src, before an ls and behind one").toEqual(["deny", "deny"]);
});

test("what is denied is denied in every mode", async () => {
  for (const mode of ["default", "acceptEdits", "plan", "bypassPermissions"] as const) {
    const { bash } = newPolicy({ mode, deny: ["Bash(rm:*)"] });
    expect(await bash("rm -rf src"), `rm -rf src, which a rule denies, in the mode ${mode}`).toBe("deny");
  }
});

test("plan mode refuses what writes, though a rule asks for it; what only reads is asked for as the rule says", async () => {
  const { bash } = newPolicy({ mode: "plan", ask: ["Bash(rm:*)", "Bash(ls:*)"] });
  expect(await bash("rm x")).toBe("deny");
  expect(await bash("timeout 5 rm x")).toBe("deny");
  expect(await bash("ls")).toBe("ask");
});
