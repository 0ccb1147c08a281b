// Which model answers, and why: variables, --offline, and what is wrong with a setting.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { startOfflineModel } from "@course/offline-model";
import { expect, test } from "vitest";
import { createModelClient, defineAgent, run, Session } from "../src/index.ts";

const agent = defineAgent({ name: "t", instructions: "x", tools: [] });

test("without a variable it is the offline model, where there is one", () => {
  expect(createModelClient({ env: {}, startOfflineModel })).toMatchObject({
    isOffline: true,
    endpoint: "the offline model",
    reason: "no ANTHROPIC_API_KEY is set",
    id: "claude-sonnet-5-5",
  });
  expect(createModelClient({ env: { ANTHROPIC_API_KEY: "" }, startOfflineModel }).isOffline).toBe(true);
  expect(() => createModelClient({ env: {} })).toThrow(/Set ANTHROPIC_API_KEY or ANTHROPIC_BASE_URL/);
});

test("--offline wins over a key, and a model that is named over MODEL_ID", () => {
  const env = { ANTHROPIC_API_KEY: "k", MODEL_ID: "of-the-shell" };
  expect(createModelClient({ env, offline: true, startOfflineModel })).toMatchObject({
    isOffline: true,
    reason: "--offline",
  });
  expect(createModelClient({ env, offline: true, model: "x", startOfflineModel }).id).toBe("x");
  expect(createModelClient({ env }).id).toBe("of-the-shell");
  expect(createModelClient({ env, model: "named" }).id).toBe("named");
  expect(createModelClient({ env: { ...env, MODEL_ID: "" } }).id).toBe("claude-sonnet-5-5");
});

test.each([
  [{ ANTHROPIC_API_KEY: "k" }, "api.anthropic.com", "ANTHROPIC_API_KEY is set"],
  [{ ANTHROPIC_AUTH_TOKEN: "t" }, "api.anthropic.com", "ANTHROPIC_AUTH_TOKEN is set"],
  [
    { ANTHROPIC_BASE_URL: "http://localhost:1234/x", ANTHROPIC_API_KEY: "k" },
    "localhost:1234",
    "ANTHROPIC_BASE_URL and ANTHROPIC_API_KEY are set",
  ],
])("%o", (env, endpoint, reason) => {
  const model = createModelClient({ env });
  expect(model).toMatchObject({ endpoint, reason, isOffline: false });
  expect(model.setFaults).toBe(undefined);
});

test.each(["localhost:11434", "ftp://example.com", "nonsense"])("ANTHROPIC_BASE_URL %s is refused", (url) => {
  expect(() => createModelClient({ env: { ANTHROPIC_BASE_URL: url } })).toThrow(
    `ANTHROPIC_BASE_URL is "${url}". Expected a URL such as http://localhost:11434.`,
  );
});

test.each([
  [{ ANTHROPIC_API_KEY: "key" }, "key"],
  [{ ANTHROPIC_AUTH_TOKEN: "token" }, "token"],
  [{ ANTHROPIC_API_KEY: "key", ANTHROPIC_AUTH_TOKEN: "token" }, "key"],
  [{}, "none"],
])("credentials of %o are sent: %s", async (env, expected) => {
  let headers: NodeJS.Dict<string | string[]> = {};
  const server = createServer((request, response) => {
    headers = request.headers;
    response.writeHead(400, { "content-type": "application/json" }).end("{}");
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await run(agent, new Session(createModelClient({ env: { ANTHROPIC_BASE_URL: url, ...env } })), "hi");
  server.close().closeAllConnections();
  expect(String(headers["x-api-key"] ?? headers.authorization).replace("Bearer ", "")).toBe(expected);
});

test("an offline model that did not start is tried again with the next call, and started once", async () => {
  let tries = 0;
  const model = createModelClient({
    env: {},
    async startOfflineModel(options) {
      tries += 1;
      if (tries === 1) throw new Error("no port");
      return startOfflineModel(options);
    },
  });
  expect((await run(agent, new Session(model), "hi")).answer).toBe("No port");
  await Promise.all([model.sdk(), model.setFaults?.("529")]);
  expect((await run(agent, new Session(model), "hi")).ending).toBe("completed");
  expect(tries).toBe(2);
  await model.close();
  await createModelClient({ env: {}, startOfflineModel }).close();
});

test("the offline model keeps the pace of a real one only where that is asked for", async () => {
  const paces: unknown[] = [];
  const started = (pace: boolean) =>
    createModelClient({
      env: {},
      pace,
      startOfflineModel(options) {
        paces.push(options.pace);
        return startOfflineModel({});
      },
    });
  for (const pace of [true, false]) {
    const model = started(pace);
    await model.sdk();
    await model.close();
  }
  expect(paces).toEqual([{ firstTokenMs: expect.any(Number), chunkMs: expect.any(Number) }, undefined]);
});
