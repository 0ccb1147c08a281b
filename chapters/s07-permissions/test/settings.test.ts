import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Workspace } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { applyGrant, loadSettings } from "@course/s07-permissions";
import { expect, test } from "vitest";

test("settings: three files and the flags, the mode of the last that has one", () => {
  const root = temporaryFolder();
  const home = temporaryFolder();
  const write = (folder: string, name: string, content: object) => {
    mkdirSync(join(folder, ".claude"), { recursive: true });
    writeFileSync(join(folder, ".claude", name), JSON.stringify(content));
  };
  write(home, "settings.json", { permissions: { deny: ["Bash(a)"], defaultMode: "plan" }, model: "x" });
  write(root, "settings.json", { permissions: { allow: ["Bash(b)"] }, hooks: {} });
  write(root, "settings.local.json", { permissions: { ask: ["Bash(c)"], defaultMode: "acceptEdits" } });
  const values = { allow: "Bash(d, e),Read", deny: "Edit" };
  const settings = loadSettings(new Workspace(root), values, home);
  expect(settings).toMatchObject({ mode: "plan", allow: [{ text: "Bash(d, e)" }, { text: "Read" }] });
  for (const grant of settings.grants ?? []) applyGrant(settings, grant);
  expect(settings).toMatchObject({
    deny: [{ text: "Bash(a)" }, { text: "Edit", source: "--deny" }],
    allow: [{ text: "Bash(d, e)" }, { text: "Read" }, { text: "Bash(b)", source: ".claude/settings.json" }],
    ask: [{ text: "Bash(c)" }],
    mode: "acceptEdits",
  });
  expect(loadSettings(new Workspace(root), { "permission-mode": "default" }, home).mode).toBe("default");
});

test.each([
  ['{\n  "permissions": {\n    "deny": ["Bash(rm:*)"],\n  }\n}', /settings\.json, line [34]: .*Mend it/],
  ["", /settings\.json, line 1: /],
  ['{\n"permissions": {\n"deny": "Bash"}}', /settings\.json, line 3: permissions\.deny: /],
  ['{"permissions": []}', /settings\.json, line 1: permissions: /],
  [
    '{\n"permissions": {"allow": [\n"Bash(ls)",\n"not a rule!"]}}',
    /settings\.json, line 4: "not a rule!" is no rule/,
  ],
  ['{"permissions": {"allow": ["Bash()"]}}', /empty parentheses/],
  ["// c\n{}", /settings\.json, line 1: /],
  ["[]", /settings/],
  ['{"permission": {"deny": []}}', /"permission" is not known/],
  ['{"permissions": {"denied": ["Bash"]}}', /"denied" is not known/],
  ['{"permissions": {"deny": ["Bsh(rm:*)"]}}', /Bsh is no tool/],
  ['{"permissions": {"deny": ["Bash(rm *), Read(.env)"]}}', /holds several rules/],
])("a broken settings file stops the start: %j", (content, message) => {
  const root = temporaryFolder();
  mkdirSync(join(root, ".claude"));
  writeFileSync(join(root, ".claude/settings.json"), content);
  expect(() => loadSettings(new Workspace(root), {}, temporaryFolder())).toThrow(message);
});

test("a mode that is not known here takes the place of one that was set before", () => {
  const [root, home] = [temporaryFolder(), temporaryFolder()];
  for (const [folder, defaultMode] of [
    [home, "acceptEdits"],
    [root, "dontAsk"],
  ] as const) {
    mkdirSync(join(folder, ".claude"));
    writeFileSync(join(folder, ".claude/settings.json"), JSON.stringify({ permissions: { defaultMode } }));
  }
  const settings = loadSettings(new Workspace(root), {}, home);
  expect(settings.mode).toBe("acceptEdits");
  for (const grant of settings.grants ?? []) applyGrant(settings, grant);
  expect(settings.mode).toBe("default");
});

test("a mode that is not known here is said so, and everything is asked", () => {
  const root = temporaryFolder();
  mkdirSync(join(root, ".claude"));
  writeFileSync(join(root, ".claude/settings.json"), '{"permissions": {"defaultMode": "auto"}}');
  const settings = loadSettings(new Workspace(root), {}, temporaryFolder());
  expect(settings).toMatchObject({
    mode: "default",
    notes: [expect.stringContaining('"auto" is not known')],
  });
});
