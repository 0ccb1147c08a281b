// What /subagents shows, what an answer looks like that comes back, and what the task tool is to the harness.
import { call, say, script, type Turn } from "@course/offline-model/test";
import { createModelClient, Session, toolsOf, type Tool } from "@course/runtime";
import { openSession, type TestSession } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { createAgent } from "../src/agent.ts";
import { subagents } from "../src/subagents.ts";

const ask = (description: string) => call("task", { description, prompt: "look" });
const bash = (command: string) => call("bash", { command });
const shown = async (open: TestSession) =>
  String(await open.agent.extensions[0]?.commands?.["subagents"]?.run("", open.session)).split("\n");

async function open(...turns: Turn[]): Promise<TestSession> {
  const opened = await openSession(createAgent, script(...turns));
  await opened.run("go");
  return opened;
}

test("/subagents lists each with its calls, tokens and ending, the largest first, and what all of them kept away", async () => {
  const small = [ask("small one"), say("no")];
  const large = [ask("large one"), bash("seq 2000"), say("yes")];
  const opened = await open(...small, ...large, say("done"));
  const [head, first, second, sum, ...more] = await shown(opened);
  expect(more).toEqual([]);
  expect(head).toBe(`  ${"subagent".padEnd(36)} calls  tokens`);
  expect(first).toMatch(/^ {2}large one {27} {5}2 {0,7}[\d,]+ {2}completed$/);
  expect(second).toMatch(/^ {2}small one {27} {5}1 {0,7}[\d,]+ {2}completed$/);
  const tokens = [first, second].map((row = "") => Number(row.slice(44, 52).replace(",", "")));
  expect(tokens[0]).toBeGreaterThan(tokens[1] ?? 0);
  const [here, theirs] = [...(sum ?? "").matchAll(/[\d,]+\d/g)].map(([text]) =>
    Number(text.replace(",", "")),
  );
  expect(theirs).toBe((tokens[0] ?? 0) + (tokens[1] ?? 0));
  expect(here).toBeGreaterThan(0);
  expect(sum).toMatch(
    /^ {2}This conversation holds [\d,]+ tokens; theirs, which it does not hold, [\d,]+\.$/,
  );
  const command = opened.agent.extensions[0]?.commands?.["subagents"];
  const narrow = String(await command?.run("", opened.session, 35)).split("\n");
  expect(narrow[1], "a row that a narrow terminal need not fold").toMatch(
    /^ {2}large… {7}2 +[\d,]+ {2}completed$/,
  );
  await opened.close();
});

test("/subagents has nothing to show before the first, and forgets them with the conversation", async () => {
  const opened = await open(ask("one"), say("1"), say("done"));
  expect(await shown(opened)).toHaveLength(3);
  opened.session.clear();
  expect(await shown(opened)).toEqual(["No subagents yet."]);
  await opened.close();
});

test.each<[string, Turn, string, boolean]>([
  ["an answer with blanks around it", say("\n  The word is xyzzy. \n"), "The word is xyzzy.", false],
  [
    "an answer that was cut off",
    { parts: [say("The first part")], stopReason: "max_tokens" },
    "[The subagent did not finish (its last message was cut off)]\nThe last that it wrote:\nThe first part",
    false,
  ],
  [
    "an answer that was cut off, with blanks around it",
    { parts: [say("\n The first part \n")], stopReason: "max_tokens" },
    "[The subagent did not finish (its last message was cut off)]\nThe last that it wrote:\nThe first part",
    false,
  ],
])("%s comes back as text", async (_, turn, content, isError) => {
  const opened = await open(ask("look"), turn, say("done"));
  const results = opened.events.flatMap((event) => (event.type === "tool_ended" ? [event.result] : []));
  expect(results).toEqual([expect.objectContaining({ content })]);
  expect(results[0]?.isError ?? false).toBe(isError);
  await opened.close();
});

test("a subagent that fails before it has written anything is an error, which says so", async () => {
  const failing = () => {
    throw new Error("no more");
  };
  const opened = await open(ask("look"), failing, failing, failing, say("done"));
  const [result] = opened.events.flatMap((event) => (event.type === "tool_ended" ? [event.result] : []));
  expect(result).toMatchObject({
    content: expect.stringMatching(/\(failed\): .*no more[\s\S]*\nIt wrote nothing\.$/),
    isError: true,
  });
  await opened.close();
});

test("task needs no approval of its own and runs beside others; it is refused where nothing was started", async () => {
  const [task] = (subagents().tools ?? []) as readonly Tool[];
  expect(task).toMatchObject({ name: "task", harness: true, parallel: true, readOnly: false });
  const session = new Session(createModelClient({ env: { ANTHROPIC_API_KEY: "k" } }));
  const context = { session, signal: session.signal, toolUseId: "toolu_1" };
  await expect(task?.run({ description: "one", prompt: "look" }, context)).rejects.toThrow(
    "Subagents have not been started.",
  );
  const opened = await openSession(createAgent, script());
  expect(
    toolsOf(opened.agent)
      .filter(({ harness }) => harness)
      .map(({ name }) => name),
  ).toEqual(["task"]);
  await opened.close();
});
