// What a failed model call says, from a real server that refuses: each kind with its next step.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createModelClient, defineAgent, run, Session, describeModelError } from "../src/index.ts";
import { isTooLong } from "../src/model/model-error.ts";

const agent = defineAgent({ name: "t", instructions: "x", tools: [] });
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

async function answerFrom(status: number, body: string) {
  const server = createServer((request, response) => {
    request.resume();
    // The SDK would try again some of these; what is said of them does not depend on it.
    response.writeHead(status, { "content-type": "application/json", "x-should-retry": "false" });
    response.end(body);
  });
  servers.push(server);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const endpoint = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const model = createModelClient({
    env: { ANTHROPIC_BASE_URL: `http://${endpoint}`, MODEL_ID: "some-model" },
  });
  const { answer, ending } = await run(agent, new Session(model), "hi");
  expect(ending).toBe("failed");
  return answer.replaceAll(endpoint, "HOST");
}

const refusal = (type: string, message: string) =>
  JSON.stringify({ type: "error", error: { type, message } });

test.each([
  [
    401,
    "authentication_error",
    "invalid x-api-key",
    /^HOST refused the credentials \(401: .*invalid x-api-key.*Check ANTHROPIC_API_KEY/,
  ],
  [403, "permission_error", "not yours", /^HOST refused the credentials \(403: .*not yours/],
  [
    404,
    "not_found_error",
    "model: some-model",
    /^HOST does not know the model "some-model" \(404: .*Set MODEL_ID or --model/,
  ],
  [
    404,
    "not_found_error",
    "no such path",
    /^HOST has no Messages API at this address \(404: .*leave out a \/v1/,
  ],
  [404, "other_error", "the model", /^HOST has no Messages API/],
  [429, "rate_limit_error", "slow down", /^Rate limit reached \(429: .*slow down/],
  [529, "overloaded_error", "busy", /^The model is overloaded \(.*busy/],
  [503, "overloaded_error", "busy", /^The model is overloaded/],
  [500, "api_error", "oops", /^HOST failed \(500: .*oops.*Ask again/],
  [
    400,
    "invalid_request_error",
    "max_tokens: too many",
    /^HOST refused the request \(400: .*max_tokens: too many/,
  ],
  [
    400,
    "invalid_request_error",
    "prompt is too long: 9 tokens",
    /^The conversation is too long for the model \(400: .*--with s06 compacts/,
  ],
  [413, "request_too_large", "too many bytes", /^The conversation is too long for the model \(413: /],
])("%i %s, %s", async (status, type, message, expected) => {
  expect(await answerFrom(status, refusal(type, message))).toMatch(expected);
});

test("an endpoint that nobody listens at is named, with the cause and the next step", async () => {
  // The port was free a moment ago.
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const endpoint = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise((resolve) => void server.close(resolve));
  const model = createModelClient({ env: { ANTHROPIC_BASE_URL: `http://${endpoint}` } });
  const { answer } = await run(agent, new Session(model), "hi");
  expect(answer).toMatch(
    /^No answer from [\d.:]+ \(.*ECONNREFUSED.*\)\. Check the network and ANTHROPIC_BASE_URL, or use --offline\.$/,
  );
  expect(answer).toContain(endpoint);
});

test("an endpoint that answers something else is told from one that does not answer", async () => {
  expect(await answerFrom(200, "<html>hello</html>")).toMatch(/HOST/);
});

test("the offline model's failures do not send anybody to the network", () => {
  const start = () => Promise.reject(new Error("no port"));
  const model = createModelClient({ env: {}, offline: true, startOfflineModel: start });
  const torn = Object.assign(new Error("terminated"), { cause: new Error("", { cause: "x" }) });
  expect(describeModelError(torn, model)).toMatch(
    /^No answer from the offline model \(.*\)\. Ask again; the conversation is kept\.$/,
  );
});

test("the deepest cause is named, by its words or else by its code, and all of it stays on one line", () => {
  const model = createModelClient({ env: { ANTHROPIC_API_KEY: "k" } });
  const cause = (inner: Error) =>
    Object.assign(new Error("terminated"), { cause: new Error("outer", { cause: inner }) });
  expect(describeModelError(cause(new Error("other side\n  closed")), model)).toContain(
    "(other side closed)",
  );
  expect(
    describeModelError(cause(Object.assign(new Error(""), { code: "UND_ERR_SOCKET" })), model),
  ).toContain("(UND_ERR_SOCKET)");
  expect(describeModelError(cause(new Error("")), model)).toContain("(terminated)");
  expect(describeModelError("a string", model)).toBe("The model call failed: a string");
  expect(describeModelError(new Error("lower case"), model)).toBe("Lower case");
  expect(describeModelError(new Error("x".repeat(900)), model)).toHaveLength(300);
  expect(describeModelError(new SyntaxError("Unexpected token"), model)).toMatch(
    /^Api\.anthropic\.com gave an answer that is not the Messages API's \(Unexpected token\)\. Check ANTHROPIC_BASE_URL, or/,
  );
});

test.each<[boolean, unknown]>([
  [true, Object.assign(new Error("x"), { status: 413 })],
  [true, Object.assign(new Error("exceeds the context"), { status: 400 })],
  [true, Object.assign(new Error("Context window of 9"), { status: 400 })],
  [false, Object.assign(new Error("prompt is too long"), { status: 500 })],
  [false, Object.assign(new Error("max_tokens"), { status: 400 })],
  [false, { status: 413 }],
])("too long: %s for %o", (expected, error) => {
  expect(isTooLong(error)).toBe(expected);
});
