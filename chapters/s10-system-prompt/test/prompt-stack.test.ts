// What /prompt draws of the parts of a request, line by line.
import { UsageTotals } from "@course/runtime";
import { expect, test } from "vitest";
import { renderMargin } from "../src/prompt-margin.ts";
import { partsOf, renderStack, type PromptPart } from "../src/prompt-stack.ts";

const part = (place: PromptPart["place"], name: string, owner: string, tokens: number): PromptPart => ({
  place,
  name,
  owner,
  text: "x".repeat(4 * tokens),
});
const PARTS = [
  part("tools", "bash", "s10", 100),
  part("tools", "a-tool-with-a-name-that-is-long", "an-owner-with-a-name-that-is-long", 100),
  part("system", "identity", "s10", 1_000),
  part("first message", "your prompt", "you", 1),
];

function usage(input: number, cacheRead: number, cacheWrite: number): UsageTotals {
  const totals = new UsageTotals();
  totals.add({ input, cacheRead, cacheWrite, output: 7, thinking: 0 });
  return totals;
}

test("the stack names place, section, owner and tokens, and what the cache held to its end", () => {
  const [top, head, ...rows] = renderStack(PARTS, usage(801, 400, 0)).split("\n");
  expect(top).toBe(`┌${"─".repeat(74)}┐`);
  expect(head).toBe("│               section               owner                  tokens        │");
  expect(rows.slice(0, 4)).toEqual([
    "│ tools         bash                  s10                      ~100 cached │",
    "│               a-tool-with-a-name-th an-owner-with-a-name-    ~100 cached │",
    "│ system        identity              s10                    ~1,000        │",
    "│ first message your prompt           you                        ~1        │",
  ]);
  expect(rows[4]).toBe(`└${"─".repeat(74)}┘`);
  const narrow = renderStack(PARTS, usage(801, 400, 0), 60)
    .split("\n")
    .slice(0, 7);
  expect(
    narrow.map((row) => row.length),
    "a box as wide as a narrow terminal",
  ).toEqual(narrow.map(() => 60));
});

test.each([
  [200, ["cached", "cached"]],
  [199, ["cached", ""]],
  [100, ["cached", ""]],
  [99, ["", ""]],
])("with %d tokens from the cache, parts count as cached that end within them", (read, cached) => {
  const rows = renderStack(PARTS.slice(0, 2), usage(1, read, 0))
    .split("\n")
    .slice(2, 4);
  expect(rows.map((row) => row.slice(-8, -1).trim())).toEqual(cached);
});

test.each([
  [100, 800, 100, "1 call sent 1,000 tokens, 800 of them from the cache: billed as 305 (70% less)."],
  [0, 0, 1_000, "1 call sent 1,000 tokens, 0 of them from the cache: billed as 1,250 (25% more)."],
  [1_000, 0, 0, "1 call sent 1,000 tokens, 0 of them from the cache: billed as 1,000 (0% less)."],
])("below it stands what %d, %d read and %d written tokens cost", (input, read, write, line) => {
  expect(
    renderStack([], usage(input, read, write))
      .split("\n")
      .at(-1),
  ).toBe(line);
});

test("each line of the prompt has its owner in the margin, and each place a heading", () => {
  const text = { ...part("system", "rules", "rules", 0), text: "One.\nTwo." };
  const long = { ...part("system", "x", "an-owner-with-a-name-that-is-long", 0), text: "Three." };
  const user = { ...part("first message", "your prompt", "you", 0), text: "Go" };
  expect(renderMargin([text, long, user]).split("\n")).toEqual([
    `── system ${"─".repeat(54)}`,
    `${"rules".padStart(22)} │ One.`,
    `${"rules".padStart(22)} │ Two. [~3 tokens]`,
    "an-owner-with-a-name-t │ Three. [~2 tokens]",
    `── first message ${"─".repeat(47)}`,
    `${"you".padStart(22)} │ Go [~1 tokens]`,
  ]);
});

test("the parts are the tools, the sections and the texts of the first message; what is deferred is none", () => {
  const tool = (name: string, more = {}) => ({ name, input_schema: { type: "object" as const }, ...more });
  const owned = { name: "skills", tools: () => [{ name: "load_skill" }] };
  const agent = { name: "s10", extensions: [{ name: "none" }, owned] } as unknown as Parameters<
    typeof partsOf
  >[0];
  const tools = [tool("bash"), tool("load_skill"), tool("later", { defer_loading: true })];
  const sections = ["s10", "rules"].map((owner) => ({ owner, text: "x" }));
  const content = ["<environment>\nx\n</environment>", "Go <on>"].map((text) => ({
    type: "text" as const,
    text,
  }));
  const source = { type: "base64" as const, media_type: "image/png" as const, data: "" };
  const image = { type: "image" as const, source };
  const parts = partsOf(agent, tools, sections, [{ role: "user", content: [image, ...content] }]);
  expect(parts.map(({ place, name, owner }) => [place, name, owner])).toEqual([
    ["tools", "bash", "s10"],
    ["tools", "load_skill", "skills"],
    ["system", "identity", "s10"],
    ["system", "rules", "rules"],
    ["first message", "environment", "environment"],
    ["first message", "your prompt", "you"],
  ]);
  expect(partsOf(agent, [], [], [])).toEqual([]);
});
