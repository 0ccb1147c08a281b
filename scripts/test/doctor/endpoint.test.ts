import { expect, test, vi } from "vitest";
import { judge, ranges } from "../../doctor/chapters.ts";
import type { Check } from "../../doctor/check.ts";
import { examined, IDS, notOk } from "./examined.ts";
import type { Lack } from "./stub.ts";

vi.setConfig({ testTimeout: 30_000 });

/** Chapters that lack something, in groups. */
function lacking(checks: readonly Check[]): string[] {
  const groups = new Map<string, string[]>();
  for (const { id, works, missing } of judge(IDS, checks)) {
    const text = `${works ? "without" : "stopped"}: ${missing.join("; ")}`;
    if (missing.length > 0) groups.set(text, [...(groups.get(text) ?? []), id]);
  }
  return [...groups].map(([text, ids]) => `${ids.length === IDS.length ? "all" : ranges(ids, IDS)} ${text}`);
}

const without = (...types: string[]): Pick<Lack, "change"> => ({
  change: (reply) => ({ ...reply, content: reply.content.filter(({ type }) => !types.includes(type)) }),
});

test("with an endpoint that can do everything, nothing is wrong, and it costs what the question says", async () => {
  const { checks, asked } = await examined({});
  expect(notOk(checks)).toEqual([]);
  expect(checks.map(({ name }) => name)).toEqual(
    "reachable key model answers streams usage tools several thinking caching count_tokens defer_loading".split(
      " ",
    ),
  );
  expect(lacking(checks)).toEqual([]);
  expect(asked).toHaveLength(10);
  const tokens = asked.reduce((sum, body) => sum + JSON.stringify(body).length / 4, 0);
  expect(tokens).toBeGreaterThan(8_000);
  expect(tokens).toBeLessThan(13_000);
});

const tools = ({ tools = [] }: { tools?: unknown[] }) => tools.length > 0;
const text = (body: unknown) => JSON.stringify(body);

test.each<[string, Lack, string[], string[]]>([
  [
    "no stream",
    { noStream: true },
    [expect.stringMatching(/^streams failed: Replies do not stream \(the stream held no message\)/)],
    ["all stopped: replies do not stream"],
  ],
  [
    "a refused stream",
    { refuse: ({ stream }) => (stream ? "stream is not supported" : undefined) },
    ["streams failed: Replies do not stream (400: stream is not supported)"],
    ["all stopped: replies do not stream"],
  ],
  [
    "no usage",
    { change: (reply) => ({ ...reply, usage: { input_tokens: 0, output_tokens: 0 } as typeof reply.usage }) },
    [
      "usage warning: Replies do not say how many tokens they took",
      "caching warning: The usage names no cached tokens",
      "defer_loading warning: defer_loading is taken; without usage nobody knows what it does",
    ],
    ["s06, full without: how full the window is, is estimated", "s10 without: nothing is read from a cache"],
  ],
  [
    "no tools",
    { refuse: (body) => (tools(body) ? "this model does not support tools" : undefined) },
    [
      expect.stringMatching(/^tools failed: 127\S+ refuses tools \(400: this model does not support tools\)/),
      "thinking skipped: Thinking was not tried",
    ],
    ["all stopped: the model calls no tools"],
  ],
  [
    "a model that only talks",
    { change: (reply) => ({ ...reply, content: [{ type: "text", text: "I cannot.", citations: null }] }) },
    [
      "tools failed: The model calls no tool; it says: I cannot.",
      "thinking warning: No thoughts came, though they were asked for",
    ],
    ["all stopped: the model calls no tools"],
  ],
  [
    "results that are refused",
    { refuse: (body) => (text(body).includes('"tool_result"') ? "tool_result: unknown" : undefined) },
    ["tools failed: A tool is called, and its result refused (400: tool_result: unknown)"],
    ["all stopped: the model calls no tools"],
  ],
  [
    "one call at a time",
    {
      change: (reply) => {
        const first = reply.content.find(({ type }) => type === "tool_use");
        return { ...reply, content: reply.content.filter((one) => one.type !== "tool_use" || one === first) };
      },
    },
    ["several warning: Tools are called one at a time, though two were asked for"],
    ["s02 without: calls come one at a time"],
  ],
  [
    "no thoughts",
    without("thinking"),
    ["thinking warning: No thoughts came, though they were asked for"],
    ["s06 without: no thoughts to see, or to send back"],
  ],
  [
    "thoughts that may not go back",
    { refuse: (body) => (/"signature":/.test(text(body)) ? "thinking: unexpected block" : undefined) },
    ["thinking failed: Thoughts come, and are refused when they go back (400: thinking: unexpected block)"],
    ["all stopped: thoughts are refused"],
  ],
  [
    "no `thinking`",
    { refuse: ({ thinking }) => (thinking ? "thinking: Extra inputs" : undefined), ...without("thinking") },
    ["thinking failed: A request for thoughts is refused (400: thinking: Extra inputs)"],
    ["all stopped: thoughts are refused"],
  ],
  [
    "no cache",
    {
      change: (reply) => ({
        ...reply,
        usage: { ...reply.usage, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 },
      }),
    },
    ["caching warning: The usage names no cached tokens"],
    ["s10 without: nothing is read from a cache"],
  ],
  [
    "no cache_control",
    { refuse: (body) => (text(body).includes("cache_control") ? "cache_control: Extra inputs" : undefined) },
    ["caching failed: cache_control is refused (400: cache_control: Extra inputs)"],
    ["all stopped: cache_control is refused"],
  ],
  [
    "no count_tokens",
    { missing: /count_tokens/ },
    ["count_tokens warning: There is no count_tokens (404: Not found: /v1/messages/count_tokens)"],
    [],
  ],
  [
    "no defer_loading, for a model of Claude's name",
    { refuse: (body) => (text(body).includes("defer_loading") ? "defer_loading: Extra inputs" : undefined) },
    ["defer_loading failed: defer_loading is refused (400: defer_loading: Extra inputs)"],
    [
      "s19 stopped: tools of MCP servers are deferred, which is refused",
      "full without: no tools of MCP servers",
    ],
  ],
  [
    "a deferred tool that is in the prompt all the same",
    { change: (reply) => ({ ...reply, usage: { ...reply.usage, input_tokens: 3_000 } }) },
    ["defer_loading warning: defer_loading is taken, but the tool is in the prompt all the same"],
    ["s19, full without: all tools are loaded at the start"],
  ],
])("%s: the right line, and the right chapters", async (_, lack, lines, hit) => {
  const { checks } = await examined(lack);
  expect(notOk(checks)).toEqual(lines);
  expect(lacking(checks)).toEqual(hit);
});

test("a model of another name is sent no `thinking`, and s19 loads all its tools", async () => {
  const refuse: Lack["refuse"] = (body) => (text(body).includes("defer_loading") ? "no" : undefined);
  const { checks } = await examined({ refuse, ...without("thinking") }, "qwen3-coder");
  expect(notOk(checks)).toEqual([
    "thinking warning: No thoughts came, and the chapters do not ask this model for them",
    "defer_loading warning: defer_loading is refused (400: no)",
  ]);
  expect(lacking(checks)).toEqual([
    "s06 without: no thoughts to see, or to send back",
    "s19, full without: all tools are loaded at the start",
  ]);
});

test("neighbours are put together", () => {
  expect(ranges(["s01", "s02", "s03", "s05", "s06", "full"], IDS)).toBe("s01 to s03, s05, s06, full");
  expect(ranges(["s18", "s19", "full"], IDS)).toBe("s18, s19, full");
});
