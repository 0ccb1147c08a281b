// Against the reference servers on npm, which others wrote: what works only with a server of our own does not work.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer, type IncomingHttpHeaders } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { call, say } from "@course/offline-model/test";
import { permissions } from "@course/s07-permissions";
import { hooks } from "@course/s08-hooks";
import { expect, onTestFinished, test } from "vitest";
import { lastOf, open } from "./open.ts";
import { everything, filesystem, programOf } from "./reference-servers.ts";

const load = (query: string) => call("load_tool", { query });
const servers = { everything };

test("a tool is found by words, loaded and called, and its result is the model's", async () => {
  const { run, requests, close, results } = await open(
    { servers },
    load("sum of two numbers"),
    call("mcp__everything__get-sum", { a: 2, b: 40 }),
    say("42"),
  );
  expect(await run("add")).toMatchObject({ ending: "completed", answer: "42" });
  expect(lastOf(requests[1])).toContain('{"type":"tool_reference","tool_name":"mcp__everything__get-sum"}');
  expect(results().at(-1)).toContain("42");
  await close();
});

test("an image, a link, an embedded resource and structured content reach the model as it reads them", async () => {
  const { run, requests, close } = await open(
    { servers },
    call("mcp__everything__get-tiny-image"),
    call("mcp__everything__get-resource-links", { count: 2 }),
    call("mcp__everything__get-resource-reference", { resourceType: "Text", resourceId: 1 }),
    call("mcp__everything__get-structured-content", { location: "Chicago" }),
    say("seen"),
  );
  expect(await run("look")).toMatchObject({ ending: "completed" });
  expect(lastOf(requests[1])).toMatch(/"type":"image","source":\{"type":"base64","media_type":"image\/png"/);
  expect(lastOf(requests[2])).toContain("[resource demo://resource/dynamic/text/2: Text Resource 2");
  expect(lastOf(requests[3])).toContain(
    "[resource demo://resource/dynamic/text/1]\\nResource 1: This is a plaintext",
  );
  expect(lastOf(requests[4])).toMatch(/temperature/);
  await close();
});

test("what a server refuses is an error that the model can mend, and so is a tool that it does not have", async () => {
  const { run, emitted, close } = await open(
    { servers },
    call("mcp__everything__echo", {}),
    call("mcp__everything__no-such"),
    say("sorry"),
  );
  await run("go");
  const results = emitted("tool_ended").map(({ result }) => result);
  expect(results.map(({ isError }) => isError)).toEqual([true, true]);
  expect(results[0]?.content).toContain("expected string");
  expect(results[1]?.content).toContain('There is no tool "mcp__everything__no-such"');
  await close();
});

test("progress is told as it comes, with the whole and how much of it is done", async () => {
  const { run, emitted, close } = await open(
    { servers },
    call("mcp__everything__trigger-long-running-operation", { duration: 0.4, steps: 4 }),
    say("done"),
  );
  await run("go");
  // The last one comes along with the result, and the client may pass over it.
  const told = emitted("tool_progress").map(({ done, total }) => `${done}/${total}`);
  expect(told.slice(0, 3)).toEqual(["1/4", "2/4", "3/4"]);
  await close();
});

test("a call that tells of its progress may take longer than a silent one", async () => {
  process.env["MCP_TOOL_TIMEOUT"] = "800";
  onTestFinished(() => void delete process.env["MCP_TOOL_TIMEOUT"]);
  const { run, results, close } = await open(
    { servers },
    call("mcp__everything__trigger-long-running-operation", { duration: 1.6, steps: 8 }),
    say("done"),
  );
  await run("go");
  expect(results()[0]).toContain("Long running operation completed");
  await close();
});

test("a call that the user interrupts is cancelled, and the server serves the next one", async () => {
  const { run, session, results, close } = await open(
    { servers },
    call("mcp__everything__trigger-long-running-operation", { duration: 60, steps: 600 }),
    call("mcp__everything__echo", { message: "still here" }),
    say("done"),
  );
  session.on((event) => event.type === "tool_progress" && session.interrupt());
  const start = Date.now();
  expect(await run("wait")).toMatchObject({ ending: "interrupted" });
  expect(Date.now() - start).toBeLessThan(8_000);
  expect(await run("go on")).toMatchObject({ ending: "completed", answer: "done" });
  expect(results()).toEqual(["Interrupted by the user.", "Echo: still here"]);
  await close();
});

test("the file server works in the workspace, which the client names as its root, and nowhere else", async () => {
  const { run, results, workspace, close } = await open(
    // Started for another folder: the client's roots take its place.
    { servers: { files: filesystem(import.meta.dirname) }, files: { "notes.txt": "buy milk" } },
    call("mcp__files__list_allowed_directories"),
    call("mcp__files__read_text_file", { path: "notes.txt" }),
    call("mcp__files__read_text_file", { path: "/etc/passwd" }),
    say("done"),
  );
  await run("go");
  expect(results()[0]).toContain(workspace.root);
  expect(results()[0]).not.toContain(import.meta.dirname);
  expect(results()[1]).toBe("buy milk");
  expect(results()[2]).toMatch(/outside allowed directories/);
  await close();
});

test("over HTTP it is the same server", async () => {
  const port = await freePort();
  const env = { ...process.env, PORT: String(port) };
  const args = [
    "--import",
    join(import.meta.dirname, "loopback.mjs"),
    programOf("server-everything"),
    "streamableHttp",
  ];
  const server = spawn("node", args, { env, stdio: ["ignore", "ignore", "pipe"] });
  await once(server.stderr, "data");
  const url = `http://127.0.0.1:${port}/mcp`;
  const { run, results, command, close } = await open(
    { servers: { web: { type: "streamable-http", url } } },
    load("echo"),
    call("mcp__web__echo", { message: "far away" }),
    say("done"),
    call("mcp__web__echo", { message: "anybody there?" }),
    say("gone"),
  );
  expect(await run("go")).toMatchObject({ ending: "completed" });
  expect(results().at(-1)).toBe("Echo: far away");
  expect(await command("/mcp")).toContain(`● web  is ready  (${url}, .mcp.json)`);
  server.kill();
  await once(server, "exit");
  await run("again");
  expect(results().at(-1)).toMatch(/^The MCP server web gave no result for echo: /);
  await close();
});

test("the headers of the configuration go with a request over HTTP, and a server that refuses costs a line", async () => {
  const seen: IncomingHttpHeaders[] = [];
  const server = createHttpServer((request, response) => {
    seen.push(request.headers);
    response.writeHead(403).end("not you");
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
  const headers = { Authorization: "Bearer ${NO_SUCH_TOKEN:-abc}" };
  const { run, notices, close } = await open(
    { servers: { web: { type: "http", url, headers } } },
    say("done"),
  );
  expect(await run("go")).toMatchObject({ ending: "completed" });
  expect(seen[0]?.authorization).toBe("Bearer abc");
  expect(notices()).toEqual([expect.stringMatching(/^MCP server web: it did not connect: .*403/)]);
  await close();
  server.close();
});

test("a rule for the server or for one tool holds, and its word that a tool only reads is not believed", async () => {
  const { run, results, close } = await open(
    {
      servers: { everything, files: filesystem(".") },
      others: (workspace) => [permissions(workspace, { deny: "mcp__files", allow: "mcp__everything__echo" })],
    },
    call("mcp__everything__echo", { message: "allowed" }),
    call("mcp__everything__get-sum", { a: 1, b: 2 }),
    call("mcp__files__list_allowed_directories"),
    say("done"),
  );
  await run("go");
  expect(results()[0]).toBe("Echo: allowed");
  expect(results()[1]).toMatch(/^The call was not run: .*no rule allows mcp__everything__get-sum/);
  expect(results()[2]).toMatch(/^The call was not run: denied by mcp__files/);
  await close();
});

test("a hook of the user sees the call under its name, and can block it", async () => {
  const hook = {
    matcher: "mcp__everything__.*",
    hooks: [{ type: "command", command: "echo not today >&2; exit 2" }],
  };
  const { run, results, close } = await open(
    {
      servers,
      others(workspace) {
        const home = join(process.env["HOME"] ?? "", ".claude");
        mkdirSync(home, { recursive: true });
        writeFileSync(join(home, "settings.json"), JSON.stringify({ hooks: { PreToolUse: [hook] } }));
        return [hooks(workspace)];
      },
    },
    call("mcp__everything__echo", { message: "hello" }),
    say("done"),
  );
  await run("go");
  expect(results()[0]).toContain("not today");
  await close();
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  return port;
}
