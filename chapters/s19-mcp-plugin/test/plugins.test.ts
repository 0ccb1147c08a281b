import { readFileSync } from "node:fs";
import { join } from "node:path";
import { call, say } from "@course/offline-model/test";
import type { Answer, Question } from "@course/runtime";
import { runChapter, temporaryFolder } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { lastOf, odd, open, until, writeFiles } from "./open.ts";

const TRACKER = join(import.meta.dirname, "../tracker");
const skill = (name: string) =>
  `---\nname: ${name}\ndescription: How to ${name}.\n---\n\nRun \${CLAUDE_PLUGIN_ROOT}/run.sh.\n`;
const hooksFile = (command: string, matcher = "Bash") =>
  JSON.stringify({ hooks: { PreToolUse: [{ matcher, hooks: [{ type: "command", command }] }] } });

/** A plugin in Claude Code's layout, one part of each kind, with what differs. A part that is undefined is left out. */
function parts(name: string, other: Record<string, string | undefined> = {}): Record<string, string> {
  const all: Record<string, string | undefined> = {
    ".claude-plugin/plugin.json": JSON.stringify({
      name,
      description: "A plugin of a test",
      agents: "./agents",
    }),
    "skills/greet/SKILL.md": skill("greet"),
    "commands/say.md":
      "---\ndescription: Says something\n---\nSay $ARGUMENTS and again $0, from ${CLAUDE_PLUGIN_ROOT}",
    "hooks/hooks.json": hooksFile('echo "$CLAUDE_PLUGIN_ROOT" > "${CLAUDE_PLUGIN_ROOT}/seen"'),
    ".mcp.json": JSON.stringify({ echo: odd("${CLAUDE_PLUGIN_ROOT}") }),
    ...other,
  };
  return Object.fromEntries(
    Object.entries(all).flatMap(([file, text]) => (text === undefined ? [] : [[file, text]])),
  );
}

function pluginFolder(name: string, other: Record<string, string | undefined> = {}): string {
  const folder = join(temporaryFolder(), name);
  writeFiles(folder, parts(name, other));
  return folder;
}

test("a plugin brings a skill, a hook, a command and a server, each under its name", async () => {
  const folder = pluginFolder("demo");
  const { run, results, requests, notices, command, close } = await open(
    { values: { "plugin-dir": folder } },
    call("load_skill", { name: "demo:greet" }),
    call("bash", { command: "true" }),
    call("load_tool", { query: "echo" }),
    call("mcp__plugin_demo_echo__echo", { text: "hi" }),
    say("done"),
  );
  expect(await run("go")).toMatchObject({ ending: "completed" });
  expect(notices()).toEqual([]);
  expect(requests[0]?.system).toContain("- demo:greet: How to greet.");
  expect(results()[0]).toContain(
    `<skill name="demo:greet" folder="${folder}/skills/greet">\nRun ${folder}/run.sh.`,
  );
  expect(readFileSync(join(folder, "seen"), "utf8")).toBe(`${folder}\n`);
  expect(results().at(-1)).toBe("echo: hi");
  expect(await command("/demo:say good morning")).toBe(
    `PROMPT: Say good morning and again good, from ${folder}`,
  );
  expect(await command("/plugins")).toMatch(
    /● demo {2}\(.*\)\n {6}A plugin of a test\n {6}skills as demo:NAME, \/demo:say, 1 hook, server plugin_demo_echo\n {6}not run here: agents/,
  );
  await close();
});

test("one of each kind that is broken costs one line, and what is beside it is used", async () => {
  const folder = pluginFolder("demo", {
    "skills/broken/SKILL.md": "no frontmatter",
    "commands/broken.md": "---\ndescription: [\n---\ntext",
    "commands/empty.md": "---\ndescription: nothing\n---\n",
    "hooks/hooks.json": '{ "hooks": { "PreToolUse": [{ "matcher": "Bash" }] } }',
    ".mcp.json": JSON.stringify({ echo: odd(), bad: { url: "https://example.com" } }, null, 1),
  });
  const broken = pluginFolder("broken", { ".claude-plugin/plugin.json": '{ "name": "Not A Name" }' });
  const { run, notices, command, close } = await open(
    { values: { "plugin-dir": `${folder},${broken}` } },
    call("mcp__plugin_demo_echo__echo", { text: "hi" }),
    say("done"),
  );
  expect(await run("go")).toMatchObject({ ending: "completed", answer: "done" });
  const lines = notices().join("\n").split("\n");
  for (const part of [
    "skills/broken/SKILL.md",
    "commands/broken.md",
    "commands/empty.md",
    "hooks/hooks.json",
    ".mcp.json",
    ".claude-plugin/plugin.json",
  ])
    expect(
      lines.filter((line) => line.includes(part)),
      part,
    ).toHaveLength(1);
  expect(lines.filter((line) => line.includes("plugin.json"))[0]).toMatch(
    /name: expected lower-case words joined by "-"/,
  );
  expect(await command("/demo:say hello")).toContain("Say hello");
  expect(await command("/plugins")).toMatch(
    /● demo[\s\S]*✗ .*commands\/broken\.md, line \d[\s\S]*✗ .*plugin\.json/,
  );
  await close();
});

test("a manifest may name other places for its parts, hold hooks and servers itself, and lead nowhere else", async () => {
  const manifest = {
    name: "demo",
    skills: "./more-skills",
    commands: ["./extra/shout.md", "../outside.md", "./missing.md"],
    hooks: { PreToolUse: [{ matcher: "Bash", hooks: [{ type: "command", command: "exit 2" }] }] },
    mcpServers: { inline: odd() },
  };
  const folder = pluginFolder("demo", {
    ".claude-plugin/plugin.json": JSON.stringify(manifest),
    "more-skills/wave/SKILL.md": skill("wave"),
    "extra/shout.md": "Shout $ARGUMENTS",
  });
  const { run, results, requests, notices, command, close } = await open(
    { values: { "plugin-dir": folder } },
    call("bash", { command: "true" }),
    say("done"),
  );
  await run("go");
  expect(requests[0]?.system).toMatch(/demo:greet[\s\S]*demo:wave/);
  expect(results()[0], "the inline hook blocks").toMatch(/^A hook refused this call/);
  expect(await command("/demo:shout hey")).toBe("PROMPT: Shout hey");
  expect(await command("/mcp")).toMatch(/plugin_demo_echo[\s\S]*plugin_demo_inline/);
  expect(notices()[0]).toMatch(/\.\.\/outside\.md leads out[\s\S]*names \.\/missing\.md, which is not there/);
  await close();
});

test("without a manifest the folder's name is the plugin's", async () => {
  const folder = pluginFolder("My Plugin", { ".claude-plugin/plugin.json": undefined });
  const { command, close } = await open({ values: { "plugin-dir": folder } });
  expect(await command("/my-plugin:say hi")).toContain("PROMPT: Say hi");
  await close();
});

test("a folder's name of which nothing is left is replaced, and a command without frontmatter is its text", async () => {
  const folder = pluginFolder("プラグイン", {
    ".claude-plugin/plugin.json": undefined,
    "commands/wave.md": "\n\nWave to $ARGUMENTS\n\n",
  });
  const { command, agent, close } = await open({ values: { "plugin-dir": folder } });
  expect(await command("/plugin:wave all")).toBe("PROMPT: Wave to all");
  const commands = agent.extensions.find(({ name }) => name === "plugins")?.commands;
  expect(commands?.["plugin:wave"]?.description).toBe("Wave to $ARGUMENTS");
  await close();
});

test("a plugin that lies in the project is used only when the user has trusted exactly its files", async () => {
  const inProject = (other = {}) =>
    Object.fromEntries(
      Object.entries(parts("demo", other)).map(([file, text]) => [`.claude/skills/demo/${file}`, text]),
    );
  const asked: string[] = [];
  const answering =
    (choice: string) =>
    (question: Question): Answer => (asked.push(question.text), { choice });
  const no = await open(
    { files: inProject(), values: {}, answer: answering("No, go on without it") },
    call("bash", { command: "true" }),
    say("done"),
  );
  await no.run("go");
  expect(no.requests[0]?.system).not.toContain("demo:greet");
  expect(await no.command("/demo:say hi")).toBe("no command demo:say");
  expect(await no.command("/mcp")).toContain("No servers");
  expect(await no.command("/plugins")).toContain("✗ demo  (.claude/skills/demo)  nobody has trusted it");
  await no.close();
  expect(asked[0]).toMatch(
    /brings the plugin demo of \.claude\/skills\/demo[\s\S]*PreToolUse: [\s\S]*server [\s\S]*\n *commands: say\n *skills\n *all its files as they are now \([0-9a-f]{32}\)/,
  );
  expect(asked).toHaveLength(1);
  const yes = await open(
    { files: inProject(), values: {}, answer: answering("Yes, I trust exactly this") },
    say("done"),
  );
  await yes.run("go");
  expect(yes.requests[0]?.system).toContain("demo:greet");
  await yes.close();
});

test("two plugins of one name: the first counts, and the other costs a line", async () => {
  const { notices, close } = await open({
    values: { "plugin-dir": `${pluginFolder("demo")},${pluginFolder("demo")}` },
  });
  expect(notices()[0]).toMatch(/is a plugin of the same name, demo/);
  await close();
});

test.each([
  ["--plugin-dir", "is not a folder\\."],
  ["--mcp-config", "is not there\\."],
])("what %s names and is not there stops the start", async (flag, what) => {
  const args = ["--offline", flag, "no-such-place", "-p", "hi"];
  const { stderr, code } = await runChapter(import.meta.url, args);
  expect(code).toBe(1);
  expect(stderr).toMatch(new RegExp(`^${flag}: .*no-such-place ${what}`));
});

test("the lesson's plugin loads whole: a hook of it signs the comment that its server gets", async () => {
  const { run, requests, results, notices, command, close } = await open(
    { values: { "plugin-dir": TRACKER } },
    call("mcp__plugin_tracker_issues__sign_in", { name: "ada" }),
    say("signed in"),
    call("mcp__plugin_tracker_issues__add_comment", { id: 3, text: "Fixed." }),
    say("done"),
  );
  await run("sign in");
  expect(notices()).toEqual([]);
  await until(async () => (await command("/mcp")).includes("add_comment"), "the list has changed");
  await run("comment");
  expect(requests[0]?.system).toContain("tracker:issue-report");
  expect(results().at(-1)).toContain("ada: Fixed. (written by an agent)");
  expect(lastOf(requests[0])).toContain("mcp__plugin_tracker_issues__*");
  await close();
});

test("a server's prompt and a plugin's command are slash commands: the line becomes the prompt that the model gets", async () => {
  const { stdout, stderr, code } = await runChapter(
    import.meta.url,
    ["--offline", "--dir", temporaryFolder(), "--plugin-dir", TRACKER],
    [
      "Run pwd",
      "/mcp__plugin_tracker_issues__fix",
      "/mcp__plugin_tracker_issues__fix 7",
      "/tracker:triage 9",
    ],
  );
  // One of the lines was a mistake.
  expect(code, stderr).toBe(1);
  expect(stderr).toContain(
    "/mcp__plugin_tracker_issues__fix needs id. Write /mcp__plugin_tracker_issues__fix <id>",
  );
  expect(stderr).toContain("Search the tracker for `#7`");
  expect(stdout).toContain("#7 Names with a space are greeted twice");
  expect(stdout).toContain("#9 The log says nothing about slow requests");
});
