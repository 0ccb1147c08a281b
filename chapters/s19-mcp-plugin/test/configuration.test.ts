import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { say } from "@course/offline-model/test";
import type { Answer, Question } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { expandVariables, readServerFile } from "@course/s19-mcp-plugin";
import fc from "fast-check";
import { expect, onTestFinished, test, vi } from "vitest";
import { milliseconds } from "../src/time-limits.ts";
import { ServerLog } from "../src/server-log.ts";
import { odd, open, pidsIn } from "./open.ts";

const YES: Answer = { choice: "Yes, I trust exactly this" };

function read(content: unknown, variables: Record<string, string> = {}) {
  const folder = temporaryFolder();
  const file = join(folder, ".mcp.json");
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content, null, 1));
  return readServerFile({ file, shown: ".mcp.json", cwd: folder, variables });
}

test("variables are filled in, a default takes the place of one that is not set, and one without is named and stays", () => {
  const known = { A: "1", EMPTY: "" };
  expect(expandVariables("${A} ${B:-two} ${B:-} ${EMPTY:-x} $A {A}", known)).toEqual({
    text: "1 two   $A {A}",
    unset: [],
  });
  expect(expandVariables("${constructor}", known).unset).toEqual(["constructor"]);
  expect(expandVariables("x${NO}y${NO}", known)).toEqual({ text: "x${NO}y${NO}", unset: ["NO"] });
});

test("what a variable holds is not expanded again", () => {
  fc.assert(
    fc.property(fc.string(), (value) => {
      expect(expandVariables("${A}", { A: value, B: "secret" }).text).toBe(value);
    }),
  );
  expect(expandVariables("${A}", { A: "${B}", B: "secret" }).text).toBe("${B}");
});

test("command, arguments, environment, address and headers take variables", () => {
  const found = read(
    {
      mcpServers: {
        a: { command: "${BIN}", args: ["--key=${KEY}"], env: { KEY: "${KEY}" } },
        b: {
          type: "http",
          url: "https://${HOST:-example.com}/mcp",
          headers: { Authorization: "Bearer ${KEY}" },
        },
      },
    },
    { BIN: "node", KEY: "k" },
  );
  expect(found?.problems).toEqual([]);
  expect(found?.servers.map(({ transport }) => transport)).toEqual([
    { type: "stdio", command: "node", args: ["--key=k"], env: { KEY: "k" }, cwd: expect.any(String) },
    { type: "http", url: "https://example.com/mcp", headers: { Authorization: "Bearer k" } },
  ]);
});

test("a variable that is not set is named with the place where it stands", () => {
  const found = read({
    mcpServers: {
      a: { command: "${BIN}", args: ["${ARG}"], env: { KEY: "${VALUE}" } },
      b: { type: "http", url: "https://${HOST}/", headers: { Authorization: "${KEY}" } },
    },
  });
  expect(found?.problems).toEqual([
    ".mcp.json: a.command: ${BIN} is not set.",
    ".mcp.json: a.args: ${ARG} is not set.",
    ".mcp.json: a.env.KEY: ${VALUE} is not set.",
    ".mcp.json: b.url: ${HOST} is not set.",
    ".mcp.json: b.headers.Authorization: ${KEY} is not set.",
  ]);
});

test("each server that is wrong costs itself and a line with its place; the others are read", () => {
  const found = read({
    mcpServers: {
      good: { command: "node" },
      typeless: { url: "https://example.com/mcp" },
      sse: { type: "sse", url: "https://example.com/sse" },
      empty: {},
      args: { command: "node", args: "server.js" },
      address: { type: "streamable-http", url: "example" },
      typed: { type: 5, command: "node" },
      late: { command: "node", timeout: "5 s" },
    },
  });
  expect(found?.servers.map(({ name }) => name)).toEqual(["good"]);
  expect(found?.problems).toEqual([
    '.mcp.json, line 7: typeless: a "url" needs a "type". Write "type": "http" beside it.',
    '.mcp.json, line 10: sse: the type "sse" is not run here. Expected stdio, http or streamable-http.',
    '.mcp.json, line 13: empty: expected a "command", or a "url" with its "type".',
    ".mcp.json, line 16: args.args: expected a list of strings, not string.",
    '.mcp.json, line 20: address.url: "example" is no http or https address.',
    ".mcp.json, line 23: typed.type: expected a string, not number.",
    ".mcp.json, line 28: late.timeout: expected a number of milliseconds, not string.",
  ]);
});

test("a file that is no JSON, or has its servers at the top, costs one line and no start", async () => {
  expect(read("{")?.problems).toEqual([expect.stringMatching(/^\.mcp\.json, line 1: /)]);
  expect(read({ tracker: { command: "node" } })?.problems).toEqual([
    '.mcp.json, line 2: "tracker" is not known here. Expected mcpServers, with the servers in it.',
  ]);
  const { run, notices, close } = await open({ files: { ".mcp.json": "{" } }, say("fine"));
  expect(await run("go")).toMatchObject({ answer: "fine" });
  expect(notices()).toEqual([
    expect.stringMatching(/^MCP servers, what is wrong:\n {2}✗ \.mcp\.json, line 1/),
  ]);
  await close();
});

test("a pipe in the file's place makes nobody wait, and a text in the place of servers is told", () => {
  const folder = temporaryFolder();
  execFileSync("mkfifo", [join(folder, ".mcp.json")]);
  const pipe = { file: join(folder, ".mcp.json"), shown: ".mcp.json", cwd: folder, variables: {} };
  expect(readServerFile(pipe)?.problems).toEqual([
    expect.stringMatching(/\.mcp\.json cannot be read \(it is a pipe, socket or device\)/),
  ]);
  expect(read({ mcpServers: "servers.json" })?.problems).toEqual([
    ".mcp.json, line 2: mcpServers: expected an object, not string.",
  ]);
});

test("a project's servers start only when the user has trusted them, and the question shows them as they are written", async () => {
  const pids = join(temporaryFolder(), "pids");
  const asked: Question[] = [];
  const answering = (answer: Answer) => (question: Question) => (asked.push(question), answer);
  const servers = { odd: { ...odd(`pids=${pids}`), env: { TOKEN: "${PATH}" } } };
  const no = await open(
    { servers, values: {}, answer: answering({ choice: "No, go on without it" }) },
    say("done"),
  );
  await no.run("go");
  expect(pidsIn(pids)).toEqual([]);
  expect(
    no.requests[0]?.tools?.map(({ name }) => name),
    "without a server there is nothing to load",
  ).not.toContain("load_tool");
  await no.close();
  const yes = await open({ servers, values: {}, answer: answering(YES) }, say("done"));
  await yes.run("go");
  expect(pidsIn(pids)).toHaveLength(1);
  await yes.close();
  expect(asked[0]?.text).toMatch(
    /brings the servers of \.mcp\.json\..*rights[\s\S]*"odd": "node" ".*odd-server\.mjs" .*\(env "TOKEN"="\$\{PATH\}"\)/,
  );
});

test("without a human they do not start, and the notice says what would", async () => {
  const pids = join(temporaryFolder(), "pids");
  const { run, notices, close } = await open(
    { servers: { odd: odd(`pids=${pids}`) }, values: {} },
    say("done"),
  );
  await run("go");
  expect(pidsIn(pids)).toEqual([]);
  expect(notices()[0]).toMatch(
    /^Nobody here has trusted the servers of \.mcp\.json, so[\s\S]*To use it: --trust$/,
  );
  await close();
});

test("--mcp-config is the user's word: its servers start in its folder without a question, and win over the project's", async () => {
  const folder = temporaryFolder();
  const config = join(folder, "mine.json");
  writeFileSync(config, JSON.stringify({ mcpServers: { odd: odd("pids=own") } }));
  const { run, notices, command, close } = await open(
    { servers: { odd: odd("pids=theirs") }, values: { "mcp-config": config, trust: true } },
    say("done"),
  );
  await run("go");
  expect(pidsIn(join(folder, "own"))).toHaveLength(1);
  expect(notices()[0]).toContain(`.mcp.json: odd: ${config} has a server of this name`);
  expect(await command("/mcp")).toContain(`● odd  is ready  (node, ${config})`);
  await close();
});

test("a log that a clone has put a link in the place of is written to no other file", () => {
  const root = temporaryFolder();
  const victim = join(temporaryFolder(), "victim");
  writeFileSync(victim, "mine");
  mkdirSync(join(root, ".mcp"));
  symlinkSync(victim, join(root, ".mcp/odd.log"));
  const log = new ServerLog(root, "odd");
  log.write("not yours");
  log.close();
  expect(readFileSync(victim, "utf8")).toBe("mine");
});

test("nor is one whose folder is a link that leads out", () => {
  const [root, elsewhere] = [temporaryFolder(), temporaryFolder()];
  writeFileSync(join(elsewhere, "odd.log"), "mine");
  symlinkSync(elsewhere, join(root, ".mcp"));
  const log = new ServerLog(root, "odd");
  log.write("not yours");
  log.close();
  expect(readFileSync(join(elsewhere, "odd.log"), "utf8")).toBe("mine");
});

test("how long a call may be silent is a whole number of milliseconds that a timer can wait", () => {
  const servers = Object.fromEntries(
    [0.5, 1500.5, 9_999_999_999].map((timeout) => [`s${timeout}`, { command: "node", timeout }]),
  );
  const limits = read({ mcpServers: servers })?.servers.map(({ timeoutMs }) => timeoutMs);
  expect(limits).toEqual([1, 1501, 2 ** 31 - 1]);
});

test.each([
  ["3000000000", 2 ** 31 - 1],
  ["1500.5", 1501],
  ["20", 20],
  ["0", undefined],
  ["-1", undefined],
  ["soon", undefined],
  [undefined, undefined],
])("so are the limits of the environment: %s", (value, limit) => {
  vi.stubEnv("MCP_TIMEOUT", value);
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(milliseconds("MCP_TIMEOUT")).toBe(limit);
});
