// What the user's trust in a plugin of the project is bound to: each of its files, as it is.
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, say } from "@course/offline-model/test";
import { createModelClient, Session, Workspace } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { Trust, type TrustRequest } from "@course/s07-permissions";
import { expect, test } from "vitest";
import { renderPlugins } from "../src/plugin-list.ts";
import { Plugins } from "../src/plugins.ts";
import { open, writeFiles } from "./open.ts";

class Asked extends Trust {
  content = "";
  override async ask(_: Session, { content }: TrustRequest): Promise<boolean> {
    this.content = content;
    return false;
  }
}

/** What the question says of a plugin's files. */
async function shownHash(prepare: (folder: string) => void): Promise<string | undefined> {
  const root = temporaryFolder();
  const folder = join(root, ".claude/skills/demo");
  writeFiles(folder, { ".claude-plugin/plugin.json": '{ "name": "demo" }', "target/run.sh": "run" });
  writeFileSync(join(root, "outside.sh"), "run");
  prepare(folder);
  const trust = new Asked({ trustsAll: false });
  const model = createModelClient({ env: { ANTHROPIC_API_KEY: "test", MODEL_ID: "claude-sonnet-5-5" } });
  await new Plugins(new Workspace(root), trust, []).ask(new Session(model));
  return /all its files as they are now \(([0-9a-f]{32})\)/.exec(trust.content)?.[1];
}

const files = (all: Record<string, string>) => (folder: string) => writeFiles(folder, all);
const link = (to: string) => (folder: string) => symlinkSync(to, join(folder, "x.sh"));

test.each<[string, (folder: string) => void, (folder: string) => void]>([
  ["what was a file is in another's text", files({ a: "1", b: "2" }), files({ a: "1b\x002" })],
  ["a text goes to another file", files({ a: "1", b: "2" }), files({ a: "2", b: "1" })],
  ["a link is in a file's place", files({ "x.sh": "run" }), link("target/run.sh")],
  ["a link leads to another file with the same text", link("target/run.sh"), link("../../../outside.sh")],
  [
    "the text behind a link is another",
    (folder) => {
      link("../../../outside.sh")(folder);
      writeFileSync(join(folder, "../../../outside.sh"), "another");
    },
    link("../../../outside.sh"),
  ],
  [
    "a file becomes a program",
    files({ "x.sh": "run" }),
    (folder) => {
      files({ "x.sh": "run" })(folder);
      chmodSync(join(folder, "x.sh"), 0o755);
    },
  ],
  ["a folder is in a file's place", files({ x: "" }), (folder) => mkdirSync(join(folder, "x"))],
])("a plugin is asked about again where %s", async (_, before, after) => {
  const trusted = await shownHash(before);
  expect(trusted).toBeDefined();
  expect(await shownHash(before)).toBe(trusted);
  expect(await shownHash(after)).not.toBe(trusted);
});

test.each([
  ["elsewhere", "../../../tools", ["bin is a link to a folder elsewhere. Put the files in its place."]],
  ["of its own", "target", []],
  ["that leads in a circle", "bin", []],
])("a plugin with a link to a folder %s", (_, to, problems) => {
  const root = temporaryFolder();
  const folder = join(root, ".claude/skills/demo");
  writeFiles(root, { "tools/run.sh": "run" });
  writeFiles(folder, { ".claude-plugin/plugin.json": '{ "name": "demo" }', "target/run.sh": "run" });
  symlinkSync(to, join(folder, "bin"));
  const plugins = new Plugins(new Workspace(root), new Asked({ trustsAll: false }), []);
  expect(plugins.problems).toEqual(problems.map((problem) => `.claude/skills/demo: ${problem}`));
  expect(plugins.found).toHaveLength(problems.length === 0 ? 1 : 0);
});

test("what a plugin says of itself begins no line of /plugins", () => {
  const root = temporaryFolder();
  const description = "Helps.\n  ● bank  (.claude/skills/bank)";
  writeFiles(join(root, ".claude/skills/demo"), {
    ".claude-plugin/plugin.json": JSON.stringify({ name: "demo", description, mcpServers: "./a\nb" }),
  });
  const found = new Plugins(new Workspace(root), new Asked({ trustsAll: false }), []);
  expect(renderPlugins(found).split("\n")).toEqual([
    "  ✗ demo  (.claude/skills/demo)  nobody has trusted it",
    "      Helps. ⏎ ● bank  (.claude/skills/bank)",
    "      brings nothing",
    "      ✗ .claude/skills/demo/.claude-plugin/plugin.json names ./a ⏎ b, which is not there",
  ]);
});

test("hooks of two plugins with the same command are two", async () => {
  const folders = ["", "console.error('no'); process.exit(2)"].map((script, index) => {
    const folder = join(temporaryFolder(), `plugin-${index}`);
    const command = 'node "$CLAUDE_PLUGIN_ROOT"/guard.mjs';
    const hooks = { PreToolUse: [{ matcher: "Bash", hooks: [{ type: "command", command }] }] };
    writeFiles(folder, { "hooks/hooks.json": JSON.stringify({ hooks }), "guard.mjs": script });
    return folder;
  });
  const { run, results, close } = await open(
    { values: { "plugin-dir": folders.join(",") } },
    call("bash", { command: "true" }),
    say("done"),
  );
  await run("go");
  expect(results()).toEqual(["A hook refused this call: no"]);
  await close();
});
