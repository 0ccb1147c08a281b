// What the offline model says when the conversation was shortened or summarised.
import { writeFileSync } from "node:fs";
import type Anthropic from "@anthropic-ai/sdk";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Driver } from "./drive.ts";
import { ended, startWithBoard } from "./driver-with-board.ts";

let agent: Driver;
beforeEach(async () => {
  agent = await startWithBoard([]);
});
afterEach(() => agent.close());

const PLACEHOLDER =
  "[bash {}: 1,234 characters left out to save room; in full in .transcripts/T.jsonl, line 3]";

/** As s06 edits: each block is changed or left out, and all thinking goes. */
function edited(
  messages: readonly Anthropic.MessageParam[],
  change = (block: Anthropic.ContentBlockParam) => block,
): Anthropic.MessageParam[] {
  return messages.map(({ role, content }) => ({
    role: role === "assistant" ? role : "user",
    content:
      typeof content === "string" ? content : content.filter(({ type }) => type !== "thinking").map(change),
  }));
}

/** Results of some length become a line. */
const shrink = (block: Anthropic.ContentBlockParam): Anthropic.ContentBlockParam =>
  block.type === "tool_result" && JSON.stringify(block.content).length > 150
    ? { ...block, content: PLACEHOLDER }
    : block;

const summary = (text: string): Anthropic.TextBlockParam => ({
  type: "text",
  text: `<conversation-summary>\n4 messages were left out to save room. They are in .transcripts/T.jsonl, one a line.\n${text}\n</conversation-summary>`,
});

test.each(["shortened", "summarised"])(
  "a test is fixed once, though the conversation is %s all the time",
  async (how) => {
    const push = agent.push.bind(agent);
    let rounds = 0;
    agent.push = (role, content) => {
      push(role, content);
      rounds += 1;
      if (role !== "user" || rounds % 5 !== 0) return;
      const kept = edited(agent.messages.slice(-2));
      agent.messages =
        how === "shortened"
          ? edited(agent.messages, shrink)
          : [
              {
                role: "user",
                content: [
                  summary("Done: 3 tool calls."),
                  { type: "text", text: "Make the failing test pass" },
                ],
              },
              ...kept,
            ];
    };
    const said = await agent.ask("Make the failing test pass");
    expect(said).toMatch(
      how === "shortened" ? /passes now|Nothing fails any more/ : /passes now|Nothing fails/,
    );
    expect(agent.read("src/list.js")).toContain("names[names.length - 1]");
    expect(agent.calls.filter((call) => call.startsWith("edit_file"))).toHaveLength(1);
  },
);

async function summaryFor(focus: string): Promise<string> {
  const note = `<summary-request>\nSummarise the conversation so far.\n${focus && `Above all, keep: ${focus}\n`}Answer with the summary alone, and call no tools.\n</summary-request>`;
  agent.push("user", [{ type: "text", text: note }]);
  const [text] = (await agent.send()).content;
  agent.messages.splice(-2);
  return text?.type === "text" ? text.text : "";
}

test.each([
  ["what pwd printed", (folder: string) => folder],
  ["the port", () => "8080"],
  ["the output of echo banana-7", () => "banana-7"],
  ["the first line of README.md", () => "# Playground"],
  ["what the background task printed: sleep 1", () => "woke up"],
])("a summary keeps what its focus names: %s", async (focus, expected) => {
  await agent.ask("Run pwd");
  await agent.ask("Run echo banana-7");
  await agent.ask("Read README.md");
  await agent.ask("Hello, the port is 8080");
  await agent.ask("Run `sleep 1; echo woke up` in the background");
  agent.push("user", [ended("bg_1", "sleep 1; echo woke up", "woke up")]);
  await agent.send();
  for (let index = 0; index < 12; index++) await agent.ask(`Run echo noise ${index}`);
  const said = await summaryFor(focus);
  expect(said).toContain(expected(agent.folder));
  expect(said.length).toBeLessThan(1600);
});

test("a summary keeps what an earlier one kept, and says where the focus names nothing", async () => {
  agent.messages = [
    {
      role: "user",
      content: [summary("Done: 2 tool calls.\n- `pwd` printed: /home/ada\n- `ls` printed: a b")],
    },
  ];
  agent.push("assistant", [{ type: "text", text: "I go on from the summary." }]);
  expect(await summaryFor("what pwd printed")).toContain("- `pwd` printed: /home/ada");
  expect(await summaryFor("the phase of the moon")).toContain("I found nothing of it");
  expect(await agent.ask("What did pwd print?")).toBe("By the summary, pwd printed:\n/home/ada");
});

test("the focus of a compaction is what the user said", async () => {
  await agent.ask("Compact the conversation, and keep what ls printed.");
  await agent.ask("Compact the conversation");
  expect(agent.calls).toEqual(['compact {"focus":"what ls printed"}', "compact {}"]);
});

test("what compaction left out is looked up in its transcript, the result of this call and no other", async () => {
  await agent.ask("Run `echo one` and `echo two`");
  const lines = agent.messages.map((message) => JSON.stringify(message));
  writeFileSync(agent.path("T.jsonl"), `${lines.join("\n")}\n`);
  const text =
    "<conversation-summary>\n4 messages were left out to save room. They are in T.jsonl, one a line.\nDone.\n</conversation-summary>";
  agent.messages = [{ role: "user", content: [{ type: "text", text }] }];
  agent.push("assistant", [{ type: "text", text: "I go on." }]);
  expect(await agent.ask("What did echo two print?")).toBe("echo two printed (from T.jsonl, line 3):\ntwo");
  expect(await agent.ask("What did foo print?")).toMatch(/I find no command "foo"/);
});

test("after a compaction no result is taken for that of another call", async () => {
  const shell = await Driver.start({}, ["read_file", "write_file", "edit_file"]);
  const prompt = { type: "text" as const, text: "Make the failing test pass" };
  shell.messages = [{ role: "user", content: [summary("Done: 3 tool calls."), prompt] }];
  shell.push("assistant", [
    { type: "tool_use", id: "toolu_1", name: "bash", input: { command: "npm test" } },
  ]);
  shell.push("user", [{ type: "tool_result", tool_use_id: "toolu_1", content: "all is well" }]);
  const call = (await shell.send()).content.find(({ type }) => type === "tool_use");
  expect(call).toMatchObject({ input: { command: "cat package.json" } });
  await shell.close();
});
