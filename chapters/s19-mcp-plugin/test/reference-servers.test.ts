import { call, say } from "@course/offline-model/test";
import { expect, test } from "vitest";
import { everything, filesystem, lastOf, open, until } from "./open.ts";

const load = (query: string) => call("load_tool", { query });

test("a tool of a server that others wrote is found, loaded and called, and its result is the model's", async () => {
  const { run, requests, close, results } = await open(
    { servers: { everything } },
    load("sum of two numbers"),
    call("mcp__everything__get-sum", { a: 2, b: 40 }),
    say("42"),
  );
  expect(await run("add")).toMatchObject({ ending: "completed", answer: "42" });
  expect(lastOf(requests[1])).toContain('{"type":"tool_reference","tool_name":"mcp__everything__get-sum"}');
  expect(results().at(-1)).toContain("42");
  await close();
});
