// What a question shows, what "always" keeps, and what a refusal advises.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { call, say, script, type Turn } from "@course/offline-model/test";
import { defineTool, type Question } from "@course/runtime";
import { openSession, runHere, temporaryFolder } from "@course/runtime/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { createAgent } from "../src/agent.ts";
import { newPolicy } from "./new-policy.ts";

beforeAll(() => void (process.env["HOME"] = temporaryFolder()));

const LOCAL = ".claude/settings.local.json";

/** The question about a call, which is then answered with no. */
async function questionAbout(turn: Turn, files: Record<string, string> = {}): Promise<Question> {
  const root = temporaryFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  const questions: Question[] = [];
  const open = await openSession(createAgent, script(turn, say("done")), root, (question) => {
    questions.push(question);
    return { choice: "No" };
  });
  await open.run("go");
  await open.close();
  expect(questions).toHaveLength(1);
  return questions[0] ?? { text: "", choices: [], withoutHuman: "" };
}

describe("the question about an edit", () => {
  test("shows what goes and what comes, with two lines around it", async () => {
    const lines = ["one", "two", "three", "four", "five", "six"];
    const edit = call("edit_file", { file_path: "a", old_string: "four", new_string: "FOUR\nand more" });
    const { text, diff } = await questionAbout(edit, { a: `${lines.join("\n")}\n` });
    expect(text).toBe("edit_file wants to change: a\n(no rule allows Edit(/a))");
    expect(diff).toEqual(["@@ line 2", " two", " three", "-four", "+FOUR", "+and more", " five", " six"]);
  });

  test("shows a write over a file as its difference, not as a new file", async () => {
    const write = call("write_file", { file_path: "a", content: "one\nTWO\n" });
    expect((await questionAbout(write, { a: "one\ntwo\n" })).diff).toEqual([
      "@@ line 1",
      " one",
      "-two",
      "+TWO",
    ]);
  });

  test("shows a new file's first lines, and how many follow", async () => {
    const content = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`).join("\n");
    const { diff = [] } = await questionAbout(
      call("write_file", { file_path: "new", content: `${content}\n` }),
    );
    expect(diff).toHaveLength(9);
    expect([diff[0], diff[7], diff[8]]).toEqual(["+line 1", "+line 8", "… 22 more lines"]);
  });
});

describe("the question about an edit, where not all is shown", () => {
  test("is shortened: a long diff, and a long line", async () => {
    const content = Array.from({ length: 100 }, (_, index) => `${index}${"x".repeat(300)}`).join("\n");
    const { diff = [] } = await questionAbout(call("write_file", { file_path: "a", content }), {
      a: "old\n",
    });
    expect(diff).toHaveLength(17);
    expect(diff.at(-1)).toBe("… 87 more lines");
    expect(diff[3]).toMatch(/^\+1x{158}…$/);
  });

  test("shows no diff for a file outside, and none for a command", async () => {
    const outside = call("write_file", { file_path: "/etc/hosts", content: "x" });
    expect((await questionAbout(outside)).diff).toEqual([]);
    expect((await questionAbout(call("bash", { command: "touch a" }))).diff).toEqual([]);
  });
});

describe("always", () => {
  test("says which rule it adds to which file, and adds that", async () => {
    const { choices } = await questionAbout(call("bash", { command: "npm test > out.txt" }));
    expect(choices).toEqual([
      "Yes, once",
      `Yes, always: adds Bash(npm test) and Edit(/out.txt) to ${LOCAL}`,
      "No",
      "No, and say why",
    ]);
  });

  test.each([
    ["npm test", ["Bash(npm test)"]],
    ["touch a && touch b", ["Bash(touch a)", "Bash(touch b)"]],
    ["cd sub && npm test", ["Bash(cd sub && npm test)"]],
    ["timeout 5 npm test", ["Bash(timeout 5 npm test)"]],
    ["git --no-pager push", ["Bash(git --no-pager push)"]],
    ["timeout 5 npm test | tee x", []],
  ])("for %j it offers %j", async (command, rules) => {
    const { policy } = newPolicy({}, ["sub/x"]);
    const verdict = await policy.judge({ name: "bash", input: { command }, readOnly: false });
    expect(verdict.rules).toEqual(rules);
  });

  test.each([
    ["cd sub && npm test", "npm test"],
    ["cd sub && npm test", "cd sub && npm test --x"],
    ["timeout 5 npm test", "npm test"],
    ["npm test", "npm test --x"],
    ["npm test", "npm test; touch x"],
    ["touch a && touch b", "touch c"],
  ])("what it keeps for %j allows that, and not %j", async (asked, other) => {
    const { policy, bash } = newPolicy({}, ["sub/x"]);
    const { rules } = await policy.judge({ name: "bash", input: { command: asked }, readOnly: false });
    policy.allow(rules);
    expect(await bash(asked)).toBe("allow");
    expect(await bash(other)).toBe("ask");
  });
});

describe("always, where no narrower rule can be written", () => {
  test("a rule for a whole tool, which is wider than the call, says so", async () => {
    const tool = defineTool({
      name: "deploy",
      description: "",
      input: (z) => z.object({ to: z.string() }),
      run: () => "",
    });
    const questions: Question[] = [];
    const open = await openSession(
      (workspace) => ({ ...createAgent(workspace), tools: [tool] }),
      script(call("deploy", { to: "live" }), say("done")),
      undefined,
      (question) => {
        questions.push(question);
        return { choice: "No" };
      },
    );
    await open.run("go");
    expect(questions[0]?.choices[1]).toBe(`Yes, always, whatever its input: adds deploy to ${LOCAL}`);
    await open.close();
  });
});

describe("a refusal", () => {
  test.each(["touch a", "$x", "touch *", "eval ls", "for f in *; do rm $f; done"])(
    "of %j does not advise to bypass permissions",
    async (command) => {
      const open = await openSession(createAgent, script(call("bash", { command }), say("done")));
      await open.run("go");
      expect(open.results()[0]).toMatch(/^The call was not run: nobody is here to be asked/);
      expect(open.results()[0]).toMatch(
        /To allow it: --allow|No rule can be written for this: start without -p/,
      );
      expect(open.results()[0]).not.toMatch(/bypass/i);
      await open.close();
    },
  );

  test("fails a run with -p, and says so on stderr and in the JSON", async () => {
    const folder = temporaryFolder();
    const run = (...flags: string[]) =>
      runHere(import.meta.url, ["--offline", "--dir", folder, ...flags, "-p", "Run `touch made`"]);
    const refused = await run();
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(
      "1 call was not allowed and did not run, so this exits with code 1:\n  bash touch made",
    );
    expect(refused.stdout).not.toContain("exits with code 1");
    const json = await run("--output-format", "json");
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({
      permission_denials: [{ tool_name: "bash", tool_input: { command: "touch made" } }],
    });
    const allowed = await run("--allow", "Bash(touch:*)");
    expect(allowed.code).toBe(0);
    expect(allowed.stderr).not.toContain("not allowed");
  });
});

test("the time in which a person thinks is not the command's", async () => {
  const open = await openSession(createAgent, script(call("bash", { command: "touch a" }), say("done")));
  open.session.human = async () => {
    await delay(500);
    return { choice: "Yes, once" };
  };
  await open.run("go");
  const asked = open.events.find((event) => event.type === "tool_started");
  const ended = open.events.find((event) => event.type === "tool_ended");
  if (asked === undefined || ended?.type !== "tool_ended") throw new Error("no call was made");
  expect(ended.result.isError).toBe(false);
  expect(ended.at - asked.at - ended.durationMs, "milliseconds").toBeGreaterThan(450);
  await open.close();
});

test("no prompt of any card starts with permissions bypassed", async () => {
  const { readdirSync } = await import("node:fs");
  const chapters = join(import.meta.dirname, "../..");
  const prompts = readdirSync(chapters).flatMap((name) => {
    const text = readFileSync(join(chapters, name, "package.json"), "utf8");
    const { course } = JSON.parse(text) as { course: { tryIt: object[] } };
    return course.tryIt.map((entry) => JSON.stringify(entry));
  });
  expect(prompts.length).toBeGreaterThan(100);
  expect(prompts.filter((entry) => entry.includes("bypassPermissions"))).toEqual([]);
});
