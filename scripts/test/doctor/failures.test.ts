import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test, vi } from "vitest";
import { createModelClient } from "../../../packages/runtime/src/index.ts";
import { judge } from "../../doctor/chapters.ts";
import type { CheckName, Status } from "../../doctor/check.ts";
import { Endpoint } from "../../doctor/endpoint.ts";
import { examine } from "../../doctor/examine.ts";
import { examined, IDS, KEY, notOk, silent, withFault } from "./examined.ts";
import type { Lack } from "./stub.ts";

vi.setConfig({ testTimeout: 30_000 });

test.each<[string, Lack, CheckName, RegExp]>([
  ["an unknown model", { status: 404, refuse: () => "model: x" }, "model", /does not know the model claude/],
  ["an unknown model, with 400", { refuse: () => "model x not found" }, "model", /does not know the model/],
  [
    "a wrong key",
    { status: 401, refuse: () => `bad key ${KEY}` },
    "key",
    /refuses the key \(401: bad key \[redacted\]\)/,
  ],
  ["no credit", { refuse: () => "Your credit balance is too low" }, "answers", /wants credit/],
  ["a busy server", { status: 429, refuse: () => "slow down" }, "answers", /is busy \(429: slow down\)/],
  ["another address", { missing: /messages/ }, "reachable", /has no Messages API at this address/],
  ["a refused field", { refuse: () => "max_tokens: odd" }, "answers", /refuses a plain request \(400: max/],
])("%s ends the examination, with a next step", async (_, lack, name, found) => {
  const { checks } = await examined(lack);
  const last = checks.at(-1);
  expect(last).toMatchObject({ name, status: "failed" satisfies Status });
  expect(last?.found).toMatch(found);
  expect(last?.next).toMatch(/\.$|It offers claude-sonnet-5-5/);
  expect(checks.slice(0, -1).every(({ status }) => status === "ok")).toBe(true);
  expect(JSON.stringify(checks)).not.toContain(KEY);
  expect(judge(IDS, checks).some(({ works }) => works)).toBe(false);
});

test("no server, and a page that is none of the Messages API", async () => {
  const page = createServer((_, response) => response.end("<html>Sign in</html>"));
  await new Promise<void>((resolve) => page.listen(0, "127.0.0.1", resolve));
  const { port } = page.address() as AddressInfo;
  const model = createModelClient({ env: { ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}` } });
  const last = async () => (await examine(new Endpoint(model), silent)).at(-1);
  expect(await last()).toMatchObject({
    name: "reachable",
    found: expect.stringMatching(/gave an answer that is not the Messages API's/),
    next: expect.stringContaining("Check ANTHROPIC_BASE_URL"),
  });
  await new Promise((resolve) => page.close(resolve));
  expect(await last()).toMatchObject({
    name: "reachable",
    found: expect.stringContaining("ECONNREFUSED"),
    next: `Start the server at 127.0.0.1:${port}.`,
  });
});

test.each<[string, CheckName, RegExp]>([
  ["401", "key", /refuses the key/],
  ["529x2", "answers", /is busy \(529: Overloaded\)/],
  ["500x2", "answers", /is busy \(500/],
  ["hangx2", "answers", /did not answer/],
])("the fault %s of the offline model fails at %s", async (fault, name, found) => {
  const last = (await withFault(fault, 700)).at(-1);
  expect(last).toMatchObject({ name, status: "failed" });
  expect(last?.found).toMatch(found);
});

test.each(["529", "500", "drop"])("one %s is no finding: it is asked once more", async (fault) => {
  expect(notOk(await withFault(fault))).toEqual([]);
});
