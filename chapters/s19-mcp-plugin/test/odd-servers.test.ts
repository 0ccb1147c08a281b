// Servers that do what they should not. Each costs itself, a line, and nobody else anything.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { call, say, type Turn } from "@course/offline-model/test";
import { temporaryFolder } from "@course/runtime/testing";
import { expect, onTestFinished, test } from "vitest";
import { allGone, lastOf, odd, open, pidsIn, until, writeFiles } from "./open.ts";

const MAIN = join(import.meta.dirname, "../src/main.ts");
const REPOSITORY = join(import.meta.dirname, "../../..");

function setEnv(name: string, value: string): void {
  const before = process.env[name];
  process.env[name] = value;
  onTestFinished(() => void (before === undefined ? delete process.env[name] : (process.env[name] = before)));
}

function startProgram(folder: string, args: readonly string[], env: Record<string, string> = {}) {
  const all = ["--import", "./scripts/preflight.mjs", MAIN, "--offline", "--trust", "--dir", folder, ...args];
  return spawn("node", all, { cwd: REPOSITORY, env: { ...process.env, ...env } });
}

const echo = (server: string): Turn => call(`mcp__${server}__echo`, { text: "hi" });

test("a server that crashes in a call is started again once, and the model hears what happened", async () => {
  const { run, results, notices, command, close } = await open(
    { servers: { odd: odd("crash"), good: odd() } },
    call("mcp__odd__crash"),
    echo("odd"),
    call("mcp__odd__crash"),
    echo("odd"),
    echo("good"),
    say("done"),
  );
  expect(await run("go")).toMatchObject({ ending: "completed" });
  expect(results()[0]).toMatch(/^The MCP server odd gave no result for crash: exit code 9: out of luck/);
  expect(results()[1]).toBe("echo: hi");
  expect(results()[3]).toMatch(/cannot be called: it ended again/);
  expect(results()[4]).toBe("echo: hi");
  expect(notices()).toEqual([
    "MCP server odd ended (exit code 9: out of luck). It is started again, once.",
    expect.stringMatching(
      /^MCP server odd: it ended again \(exit code 9: out of luck\), and is not started a third time/,
    ),
  ]);
  expect(await command("/mcp")).toMatch(/✗ odd {2}failed: it ended again[\s\S]*● good {2}is ready/);
  await close();
});

test("one that never answers is given up after a time, while the others are used", async () => {
  setEnv("MCP_TIMEOUT", "4000");
  const { run, results, notices, close } = await open(
    { servers: { silent: odd("silent"), good: odd() } },
    echo("good"),
    say("done"),
  );
  expect(await run("go")).toMatchObject({ ending: "completed" });
  await until(() => notices().length > 0, "the silent server is given up");
  expect(results()).toEqual(["echo: hi"]);
  expect(notices()[0]).toMatch(/^MCP server silent: it did not connect: no answer within 4 s/);
  await close();
});

test("a call that is never answered ends after its time, and says so", async () => {
  setEnv("MCP_TOOL_TIMEOUT", "300");
  const { run, results, close } = await open(
    { servers: { odd: odd("hang") } },
    call("mcp__odd__hang"),
    echo("odd"),
    say("done"),
  );
  await run("go");
  expect(results()[0]).toMatch(/^The MCP server odd gave no result for hang: .*timed out/i);
  expect(results()[1]).toBe("echo: hi");
  await close();
});

test.each(["0", "-5", "soon"])("MCP_TIMEOUT=%s is no time, and the usual one counts", async (time) => {
  setEnv("MCP_TIMEOUT", time);
  const { run, results, notices, close } = await open({ servers: { odd: odd() } }, echo("odd"), say("done"));
  await run("go");
  expect(results()).toEqual(["echo: hi"]);
  expect(notices()).toEqual([]);
  await close();
});

test("garbage on its output is passed over, and noted in its log", async () => {
  const { run, results, workspace, close } = await open(
    { servers: { odd: odd("garbage") } },
    echo("odd"),
    say("done"),
  );
  await run("go");
  expect(results()).toEqual(["echo: hi"]);
  const log = readFileSync(join(workspace.root, ".mcp/odd.log"), "utf8");
  expect(log).toContain("odd server is up");
  expect(log).toContain("that is no message of the protocol");
  expect(readFileSync(join(workspace.root, ".mcp/.gitignore"), "utf8")).toBe("*\n");
  await close();
});

test("one that floods its output without a line's end is ended, and does not fill memory", async () => {
  const pids = join(temporaryFolder(), "pids");
  const { run, notices, close } = await open({ servers: { odd: odd("flood", `pids=${pids}`) } }, say("done"));
  await run("go");
  await until(
    () =>
      notices().some(
        (notice) => notice.includes("not started a third time") || notice.includes("did not connect"),
      ),
    "it is given up",
  );
  await close();
  expect(allGone(pidsIn(pids))).toBe(true);
});

test("one that cannot start says why, with the last line that it wrote and where the rest is", async () => {
  const { run, notices, close } = await open(
    { servers: { odd: odd("exits"), none: { command: "no-such-program" } } },
    say("done"),
  );
  await run("go");
  expect(notices().toSorted((a, b) => a.localeCompare(b))).toEqual([
    expect.stringMatching(
      /^MCP server none: it did not connect: exit code 127: .*no-such-program: not found/,
    ),
    "MCP server odd: it did not connect: exit code 3: no license found\nWhat it wrote is in .mcp/odd.log.",
  ]);
  await close();
});

test("names that the API would refuse are made to fit, each tool answers to its own", async () => {
  const { run, requests, results, close } = await open(
    { servers: { "my server!": odd("names") } },
    (request) =>
      (request.tools ?? []).filter(({ name }) => name.includes("_a_b")).map(({ name }) => call(name, {})),
    say("done"),
  );
  const { ending } = await run("go");
  expect(ending, "a request with two tools of one name is refused whole").toBe("completed");
  const names = (requests[0]?.tools ?? []).map(({ name }) => name).filter((name) => name.startsWith("mcp__"));
  expect(new Set(names).size).toBe(7);
  expect(names.every((name) => /^mcp__my_server_[0-9a-f]{8}__[\w-]+$/.test(name) && name.length <= 64)).toBe(
    true,
  );
  // The tools "a.b", "a_b" and "a b": the server knows none of them, and says which it was asked for.
  expect(
    results()
      .map((text) => /Unknown tool: (.*)/.exec(text)?.[1] ?? "none")
      .toSorted((a, b) => a.localeCompare(b)),
  ).toEqual(["a b", "a_b", "a.b"]);
  await close();
});

test("a schema that the API refuses costs that one tool, and /mcp says which and why", async () => {
  const { run, requests, command, close } = await open({ servers: { odd: odd("schemas") } }, say("done"));
  expect(await run("go")).toMatchObject({ ending: "completed", answer: "done" });
  const offered = (requests[0]?.tools ?? []).map(({ name }) => name);
  expect(offered.filter((name) => name.startsWith("mcp__odd"))).toEqual([
    "mcp__odd__echo",
    "mcp__odd__untyped",
  ]);
  const shown = await command("/mcp");
  expect(shown).toContain(
    "✗ the tool any is left out: its inputSchema has anyOf at the top, which the API refuses",
  );
  expect(shown.match(/is left out/g)).toHaveLength(7);
  await close();
});

test("the model's key reaches no server, not even one whose configuration names it", async () => {
  const folder = temporaryFolder();
  const dump = join(folder, "environment.json");
  const env = { KEY: "${ANTHROPIC_API_KEY}", MINE: "${OWN_SETTING}", OTHER: "${UNSET_SETTING:-a default}" };
  writeFiles(folder, {
    ".mcp.json": JSON.stringify({ mcpServers: { odd: { ...odd(`dump=${dump}`), env } } }),
  });
  const program = startProgram(folder, ["-p", "Run pwd"], {
    ANTHROPIC_API_KEY: "sk-secret",
    OWN_SETTING: "mine",
  });
  const [said] = await Promise.all([text(program.stderr), once(program, "exit")]);
  const found = readFileSync(dump, "utf8");
  expect(JSON.parse(found)).toMatchObject({ KEY: env.KEY, MINE: "mine", OTHER: "a default" });
  expect(JSON.parse(found)).toHaveProperty("CLAUDE_PROJECT_DIR", folder);
  expect(found).not.toContain("sk-secret");
  expect(said).toContain("odd.env.KEY: ${ANTHROPIC_API_KEY} is not set");
});

test("a result over 25,000 tokens goes to a file, and its beginning and the place to the model", async () => {
  const { run, results, workspace, close } = await open(
    { servers: { odd: odd("big") } },
    call("mcp__odd__big"),
    say("done"),
  );
  await run("go");
  const [, file = ""] = /all of them are in (\S+)\. /.exec(results()[0] ?? "") ?? [];
  expect(results()[0]?.length).toBeLessThan(3_000);
  expect(readFileSync(join(workspace.root, file), "utf8")).toHaveLength(
    "line of a big result\n".length * 6_000,
  );
  await close();
});

test("what a server says of itself is cut, and cannot end the note that quotes it", async () => {
  const { run, requests, close } = await open({ servers: { odd: odd("wordy") } }, say("done"));
  await run("go");
  const note = lastOf(requests[0]);
  expect(note.match(/<\/mcp-servers>/g)).toHaveLength(1);
  expect(note.length).toBeLessThan(2_500);
  await close();
});

test("nothing stays running: a server that ignores SIGTERM, its child, and one that is still connecting", async () => {
  const [pids, silent] = [join(temporaryFolder(), "pids"), join(temporaryFolder(), "silent")];
  const { command, close } = await open({
    servers: { a: odd("stubborn", "grandchild", `pids=${pids}`), b: odd("silent", `pids=${silent}`) },
    waits: false,
  });
  // One that was slow to start has been started twice.
  await until(() => pidsIn(pids).length > 1 && pidsIn(silent).length > 0, "both servers and the child run");
  await until(async () => (await command("/mcp")).includes("● a"), "one of them is ready");
  await close();
  const left = [...pidsIn(pids), ...pidsIn(silent)].filter((pid) => !allGone([pid]));
  expect(left.length, "processes that are left behind").toBe(0);
});

test("nothing stays running when the program is killed", async () => {
  const folder = temporaryFolder();
  const pids = join(folder, "pids");
  const servers = { a: odd("stubborn", "grandchild", `pids=${pids}`) };
  writeFiles(folder, { ".mcp.json": JSON.stringify({ mcpServers: servers }) });
  const program = startProgram(folder, []);
  program.stdin.write("Run pwd\n");
  await until(() => existsSync(pids) && pidsIn(pids).length === 2, "the server and its child run");
  program.kill("SIGKILL");
  await until(() => allGone(pidsIn(pids)), "both are gone");
});
