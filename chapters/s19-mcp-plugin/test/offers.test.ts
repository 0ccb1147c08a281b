// What is taken of a server's lists, entry by entry, and which schemas pass.
import type { Client } from "@modelcontextprotocol/client";
import { expect, test } from "vitest";
import { checkedSchema } from "../src/input-schema.ts";
import { listOffers } from "../src/offers.ts";

/** An Error in the place of a list is what the server answers for it. */
type Lists = Record<string, readonly unknown[] | Error>;

/** A client of a server with these lists, two entries a page. */
function clientOf(
  lists: Lists,
  instructions?: string,
  capabilities: object = { tools: {}, prompts: {}, resources: {} },
) {
  const asked: string[] = [];
  const client = {
    getServerCapabilities: () => capabilities,
    getInstructions: () => instructions,
    request: async ({ method, params }: { method: string; params: { cursor?: string } }) => {
      asked.push(method);
      const kind = method.replace("/list", "");
      const from = Number(params.cursor ?? 0);
      const all = lists[kind] ?? [];
      if (all instanceof Error) throw all;
      return {
        [kind]: all.slice(from, from + 2),
        ...(from + 2 < all.length && { nextCursor: String(from + 2) }),
      };
    },
  };
  return { client: client as unknown as Client, asked };
}

const offersOf = (...args: Parameters<typeof clientOf>) => listOffers(clientOf(...args).client, 1_000);
const schema = { type: "object" };

test("all pages of each list are taken, as they come", async () => {
  const tools = ["a", "b", "c", "d", "e"].map((name) => ({
    name,
    description: `${name}!`,
    inputSchema: schema,
  }));
  const found = await offersOf({ tools, prompts: [{ name: "p" }], resources: [{ uri: "u" }] }, "be kind");
  expect(found.tools).toEqual(tools);
  expect(found).toMatchObject({ instructions: "be kind", problems: [] });
});

test("a server is asked only for what it says that it has", async () => {
  const { client, asked } = clientOf({}, undefined, { prompts: {} });
  expect(await listOffers(client, 1_000)).toEqual({
    tools: [],
    prompts: [],
    resources: [],
    instructions: "",
    problems: [],
  });
  expect(asked).toEqual(["prompts/list"]);
});

test("a list that never ends is left at some time", async () => {
  const { client, asked } = clientOf({ tools: Array(1_000).fill({ name: "a", inputSchema: schema }) });
  const { tools, problems } = await listOffers(client, 1_000);
  expect(tools).toHaveLength(1);
  expect(problems).toContain("tools/list has more than 64 pages; the rest is left out");
  expect(asked.filter((method) => method === "tools/list").length).toBe(64);
});

test("a list of prompts or resources that is not answered costs itself, and one of tools costs the server", async () => {
  const missing = new Error("Method not found");
  const tools = [{ name: "good", inputSchema: schema }];
  const found = await offersOf({ tools, prompts: [{ name: "p" }], resources: missing });
  expect([found.tools.length, found.prompts.length]).toEqual([1, 1]);
  expect(found.problems).toEqual(["resources/list was not answered: Method not found"]);
  expect((await offersOf({ tools, prompts: missing })).problems).toHaveLength(1);
  await expect(offersOf({ tools: missing })).rejects.toBe(missing);
});

test("half a surrogate pair, which the API refuses, is replaced in what a tool says of itself", async () => {
  const properties = { x: { description: "\udc00" } };
  const [tool] = (
    await offersOf({
      tools: [{ name: "t", description: "cut \ud83d", inputSchema: { ...schema, properties } }],
    })
  ).tools;
  expect(tool).toEqual({
    name: "t",
    description: "cut \ufffd",
    inputSchema: { ...schema, properties: { x: { description: "\ufffd" } } },
  });
});

test("a tool that cannot be used costs itself and a line that names it", async () => {
  const found = await offersOf({
    tools: [
      { name: "good", inputSchema: schema },
      { name: "good", inputSchema: schema },
      { name: "bad", inputSchema: 7 },
      { name: "bad", inputSchema: schema },
      { name: "" },
      { inputSchema: schema },
      null,
      undefined,
      { name: "last", inputSchema: schema, description: null },
    ],
  });
  expect(found.tools).toEqual([
    { name: "good", description: "", inputSchema: schema },
    { name: "bad", description: "", inputSchema: schema },
    { name: "last", description: "", inputSchema: schema },
  ]);
  expect(found.problems).toEqual([
    "the tool good is left out: there is another of this name",
    "the tool bad is left out: its inputSchema is no object",
    "the tool  is left out: it has no name",
    'the tool {"inputSchema":{"type":"object"}} is left out: it has no name',
    "the tool null is left out: it has no name",
    "the tool (nothing) is left out: it has no name",
  ]);
});

test("a prompt's arguments are optional unless it says otherwise; what is no prompt or resource is passed over", async () => {
  const found = await offersOf({
    prompts: [
      { name: "p", description: "does", arguments: [{ name: "a", required: true }, { name: "b" }] },
      { name: "q" },
      { description: "no name" },
      7,
    ],
    resources: [{ uri: "u", name: "n", description: "d" }, { uri: "v" }, { name: "no uri" }],
  });
  expect(found.prompts).toEqual([
    {
      name: "p",
      description: "does",
      arguments: [
        { name: "a", required: true },
        { name: "b", required: false },
      ],
    },
    { name: "q", description: "", arguments: [] },
  ]);
  expect(found.resources).toEqual([
    { uri: "u", name: "n", description: "d" },
    { uri: "v", name: "", description: "" },
  ]);
});

test("descriptions and instructions are cut after 2,048 characters", async () => {
  const fits = `b${"x".repeat(2_047)}`;
  const tools = [fits, `${fits}y`].map((description, index) => ({
    name: `t${index}`,
    description,
    inputSchema: schema,
  }));
  const found = await offersOf({ tools }, `${fits}y`);
  expect(found.tools.map(({ description }) => description)).toEqual([fits, `${fits}…`]);
  expect(found.instructions).toBe(`${fits}…`);
});

test("a schema without a type or fields is that of an object", () => {
  expect(checkedSchema({})).toEqual({ schema: { type: "object" } });
  const whole = { type: "object", properties: { "a.b-C_1": {} }, required: ["a.b-C_1"] };
  expect(checkedSchema(whole)).toEqual({ schema: whole });
});

test.each<[unknown, string]>([
  [undefined, "its inputSchema is no object"],
  [null, "its inputSchema is no object"],
  [[], "its inputSchema is no object"],
  [{ type: "string" }, 'its inputSchema is of type "string"; expected object'],
  ...["anyOf", "oneOf", "allOf"].map((key): [unknown, string] => [
    { [key]: [] },
    `its inputSchema has ${key} at the top, which the API refuses`,
  ]),
  [{ properties: [] }, "the properties of its inputSchema are no object"],
  [{ properties: { fine: {}, "not fine": {} } }, 'its field "not fine" has a name that the API refuses'],
  [{ properties: { ["x".repeat(65)]: {} } }, `its field "${"x".repeat(65)}" has a name that the API refuses`],
])("the schema %j is refused, with why", (raw, problem) => {
  expect(checkedSchema(raw)).toEqual({ problem });
});
