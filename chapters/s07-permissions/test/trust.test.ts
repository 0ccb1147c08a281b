import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, say, script } from "@course/offline-model/test";
import type { Answer, Question, Workspace } from "@course/runtime";
import { openSession, temporaryFolder } from "@course/runtime/testing";
import { beforeEach, expect, test } from "vitest";
import { createAgent } from "../src/agent.ts";

// Trust is kept in the home; each test has one of its own.
beforeEach(() => void (process.env["HOME"] = temporaryFolder()));

const SHARED = ".claude/settings.json";
const LOCAL = ".claude/settings.local.json";
const YES = "Yes, I trust exactly this";

function cloneWith(permissions: object, file = SHARED): string {
  const root = temporaryFolder();
  mkdirSync(join(root, ".claude"));
  writeFileSync(join(root, file), JSON.stringify({ permissions }));
  return root;
}

/** Opens the folder as a program does, runs `touch made`, and tells what was asked and said. */
async function start(root: string, answer?: (question: Question) => Answer, values = {}) {
  const questions: Question[] = [];
  const model = script(call("bash", { command: "touch made" }), say("done"));
  const open = await openSession(
    (workspace: Workspace) => createAgent(workspace, values),
    model,
    root,
    answer &&
      ((question) => {
        questions.push(question);
        return answer(question);
      }),
  );
  await open.run("go");
  const notices = open.events.flatMap((event) => (event.type === "notice" ? [event.message] : []));
  await open.close();
  return { questions: questions.map(({ text }) => text), notices, ran: existsSync(join(root, "made")) };
}

const trusting = ({ choices }: Question): Answer =>
  choices.includes(YES) ? { choice: YES } : { refused: "no" };

test("what a clone allows is shown word by word, and holds when it is trusted, now and later", async () => {
  const root = cloneWith({ allow: ["Bash(touch:*)"], defaultMode: "acceptEdits" });
  const first = await start(root, trusting);
  expect(first.questions).toHaveLength(1);
  expect(first.questions[0]).toContain(`the rules of ${SHARED}`);
  expect(first.questions[0]).toContain('allow "Bash(touch:*)"\nmode acceptEdits');
  expect(first.ran).toBe(true);
  const later = await start(root, trusting);
  expect(later.questions).toEqual([]);
});

test("without trust nothing of it holds, and the call is asked", async () => {
  const root = cloneWith({ allow: ["Bash(touch:*)"] });
  const { questions, ran } = await start(root, ({ choices }) => ({
    choice: choices.find((choice) => choice.startsWith("No")) ?? "",
  }));
  expect(questions).toHaveLength(2);
  expect(ran).toBe(false);
});

test("without a human it does not hold, and a notice says which flag would change that", async () => {
  const root = cloneWith({ allow: ["Bash(touch:*)"] });
  const { notices, ran } = await start(root);
  expect(ran).toBe(false);
  expect(notices.join()).toMatch(
    /Nobody here has trusted the rules of \.claude\/settings\.json, so this is not used.*allow "Bash\(touch:\*\)".*--trust/s,
  );
  expect((await start(root, undefined, { trust: true })).ran).toBe(true);
  // The flag is for one run.
  expect(existsSync(join(process.env["HOME"] ?? "", ".claude/course-trust.json"))).toBe(false);
});

test("a change is asked again, and trust for one folder is none for a copy of it", async () => {
  const permissions = { allow: ["Bash(touch:*)"] };
  const root = cloneWith(permissions);
  await start(root, trusting);
  writeFileSync(
    join(root, SHARED),
    JSON.stringify({ permissions: { allow: ["Bash(touch:*)", "Bash(rm:*)"] } }),
  );
  expect((await start(root, trusting)).questions[0]).toContain('allow "Bash(rm:*)"');
  expect((await start(cloneWith(permissions), trusting)).questions).toHaveLength(1);
});

test("a link to the folder is the folder", async () => {
  const root = cloneWith({ allow: ["Bash(touch:*)"] });
  await start(root, trusting);
  const link = join(temporaryFolder(), "link");
  symlinkSync(root, link);
  expect((await start(link, trusting)).questions).toEqual([]);
});

test("what a clone denies holds without a question", async () => {
  const root = cloneWith({ deny: ["Bash(touch:*)"] });
  const { questions, ran } = await start(root, trusting, { allow: "Bash" });
  expect(questions).toEqual([]);
  expect(ran).toBe(false);
});

test("a project cannot bypass permissions, trusted or not", async () => {
  const root = cloneWith({ defaultMode: "bypassPermissions" });
  const { notices, ran, questions } = await start(root, trusting, { trust: true });
  expect(questions).toHaveLength(1);
  expect(ran).toBe(false);
  expect(notices.join()).toContain("a project cannot bypass permissions");
});

test("the settings of the home are the user's", async () => {
  const home = process.env["HOME"] ?? "";
  mkdirSync(join(home, ".claude"));
  writeFileSync(join(home, SHARED), JSON.stringify({ permissions: { allow: ["Bash(touch:*)"] } }));
  const { questions, ran } = await start(temporaryFolder(), trusting);
  expect(questions).toEqual([]);
  expect(ran).toBe(true);
});

test("what the user answered with always is not asked as if a clone had brought it", async () => {
  const root = temporaryFolder();
  const always = ({ choices }: Question): Answer => ({
    choice: choices.find((choice) => choice.startsWith("Yes, always")) ?? "",
  });
  await start(root, always);
  expect(JSON.parse(readFileSync(join(root, LOCAL), "utf8"))).toEqual({
    permissions: { allow: ["Bash(touch made)"] },
  });
  expect((await start(root, always)).questions).toEqual([]);
});

test("always does not make a clone's local rules trusted", async () => {
  const root = cloneWith({ allow: ["Bash(rm:*)"] }, LOCAL);
  const answers = ({ choices }: Question): Answer => ({
    choice: choices.find((choice) => choice.startsWith("Yes, always")) ?? choices.at(-1) ?? "",
  });
  await start(root, answers);
  expect((await start(root, answers)).questions[0]).toContain('allow "Bash(rm:*)"');
});

test("a rule with invisible characters is shown as it is", async () => {
  const root = cloneWith({ allow: ["Bash(ls\u202e:*)"] });
  const { questions } = await start(root, trusting);
  expect(questions[0]).toContain('allow "Bash(ls\\u202e:*)"');
});

const STORE = ".claude/course-trust.json";

test("who leaves the question open is told what that means, and is asked again", async () => {
  const root = cloneWith({ allow: ["Bash(touch:*)"] });
  const left = await start(root, () => ({ refused: "The user gave no answer" }));
  expect(left.ran).toBe(false);
  expect(left.notices).toContain(
    `Without an answer, this is not used: the rules of ${SHARED}. You are asked at the next start.`,
  );
});

test.each([
  ["has a slip in it", (text: string) => text.replace(/\n}\n$/, ",\n}\n")],
  ["holds something else", () => "[1]"],
  ["is empty", () => ""],
])("a file of answers that %s is left as it is, and the yes holds for this session", async (_, spoilt) => {
  const store = join(process.env["HOME"] ?? "", STORE);
  const root = cloneWith({ allow: ["Bash(touch:*)"] });
  await start(root, trusting);
  const text = spoilt(readFileSync(store, "utf8"));
  writeFileSync(store, text);
  const { questions, notices, ran } = await start(root, trusting);
  expect(questions).toHaveLength(1);
  expect(ran).toBe(true);
  expect(notices.join()).toContain(`Trusted for this session only: ${store} cannot be read`);
  expect(readFileSync(store, "utf8")).toBe(text);
});
