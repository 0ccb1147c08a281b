import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, say } from "@course/offline-model/test";
import { Workspace, type Answer, type Extension, type Question, type Session } from "@course/runtime";
import { runChapter, temporaryFolder } from "@course/runtime/testing";
import { permissions } from "@course/s07-permissions";
import { expect, test } from "vitest";
import { newHome, openIn, settingsWith, writeJson, writeScript, type HookSpec } from "./open.ts";

const SHARED = ".claude/settings.json";
const LOCAL = ".claude/settings.local.json";
const YES = "Yes, I trust exactly this";
const trusting = ({ choices }: Question): Answer =>
  choices.includes(YES) ? { choice: YES } : { refused: "no" };

function cloneWith(events: Record<string, HookSpec[]>, file = SHARED): string {
  const root = temporaryFolder();
  writeJson(join(root, file), settingsWith(events));
  return root;
}

/** Opens the folder as a program does, with a person who answers so; tells what was asked and said. */
async function start(
  root: string,
  answer?: (question: Question) => Answer,
  values = {},
  others: Extension[] = [],
) {
  const questions: string[] = [];
  const person: Extension = {
    name: "person",
    order: 0,
    start(session: Session) {
      if (answer)
        session.human = (question) => {
          questions.push(question.text);
          return Promise.resolve(answer(question));
        };
    },
  };
  const opened = await openIn(root, {
    values,
    others: () => [person, ...others],
    turns: [call("bash", { command: "touch made" }), say("done")],
  });
  await opened.run("go");
  await opened.close();
  const hookCommand = opened.agent.extensions.find(({ name }) => name === "hooks")?.commands?.["hooks"];
  return {
    questions,
    notices: opened.notices(),
    list: await hookCommand?.run("", opened.session),
    ran: existsSync(join(root, "hooked")),
  };
}

test("a project's hooks run when the user trusts exactly these commands, now and later", async () => {
  newHome();
  const root = cloneWith({ PreToolUse: [{ matcher: "Bash", command: "touch hooked", timeout: 9 }] });
  const first = await start(root, trusting);
  expect(first.questions).toHaveLength(1);
  expect(first.questions[0]).toContain(`the hooks of ${SHARED}. They are commands that run by themselves`);
  expect(first.questions[0]).toContain('PreToolUse "Bash": "touch hooked" (timeout 9 s)');
  expect(first.ran).toBe(true);
  expect((await start(root, trusting)).questions).toEqual([]);
});

test.each([SHARED, LOCAL])("without trust the hooks of %s never run, and /hooks lists them", async (file) => {
  newHome();
  const events = ["SessionStart", "UserPromptSubmit", "PreToolUse", "PostToolUse", "Stop", "SessionEnd"];
  const root = cloneWith(
    Object.fromEntries(events.map((event) => [event, [{ command: "touch hooked" }]])),
    file,
  );
  const refused = await start(root, ({ choices }) => ({ choice: choices.at(-1) ?? "" }));
  expect(refused.ran).toBe(false);
  expect(refused.list).toContain("nobody has trusted it");
  const alone = await start(root);
  expect(alone.ran).toBe(false);
  expect(alone.notices.join()).toMatch(
    /^Nobody here has trusted the hooks of .*not used.*touch hooked.*--trust/s,
  );
});

test("no mode of permissions runs untrusted hooks, and --trust does, for this run", async () => {
  newHome();
  const root = cloneWith({ PreToolUse: [{ command: "touch hooked" }] });
  const flags = { "permission-mode": "bypassPermissions", allow: "Bash" };
  const withPermissions = [permissions(new Workspace(root), flags)];
  expect((await start(root, undefined, flags, withPermissions)).ran).toBe(false);
  expect((await start(root, undefined, { trust: true })).ran).toBe(true);
  expect(existsSync(join(process.env["HOME"] ?? "", ".claude/course-trust.json"))).toBe(false);
});

test("a changed command and a changed script ask again, and a copy of the folder does", async () => {
  newHome();
  const events = { Stop: [{ command: '"$CLAUDE_PROJECT_DIR"/.claude/hooks/it.sh' }] };
  const root = cloneWith(events);
  writeScript(join(root, ".claude/hooks/it.sh"), "#!/bin/sh\ntouch hooked\n");
  const first = await start(root, trusting);
  expect(first.ran).toBe(true);
  expect(first.questions[0]).toMatch(/\n {2}"\.claude\/hooks\/it\.sh" as it is now \([0-9a-f]{32}\)\n/);
  expect((await start(root, trusting)).questions).toEqual([]);
  writeScript(join(root, ".claude/hooks/it.sh"), "#!/bin/sh\ntouch hooked # and more\n");
  expect((await start(root, trusting)).questions).toHaveLength(1);
  writeJson(join(root, SHARED), settingsWith({ Stop: [{ command: "touch hooked" }] }));
  expect((await start(root, trusting)).questions).toHaveLength(1);
  expect((await start(cloneWith({ Stop: [{ command: "touch hooked" }] }), trusting)).questions).toHaveLength(
    1,
  );
});

test.each([
  ["variable in quotes", '"$CLAUDE_PROJECT_DIR"/.claude/hooks/it.sh', ".claude/hooks/it.sh"],
  ["variable of a word", '"${CLAUDE_PROJECT_DIR}/.claude/hooks/it.sh"', ".claude/hooks/it.sh"],
  ["name with a blank", "'.claude/my hooks/it.sh'", ".claude/my hooks/it.sh"],
  ["command in quotes", "sh -c 'true; .claude/hooks/it.sh'", ".claude/hooks/it.sh"],
])("in a folder with a blank a changed script asks again: %s", async (_, command, script) => {
  newHome();
  const root = join(temporaryFolder(), "my $& project");
  writeJson(join(root, SHARED), settingsWith({ Stop: [{ command }] }));
  writeScript(join(root, script), "#!/bin/sh\ntouch hooked\n");
  expect(await start(root, trusting)).toMatchObject({ ran: true, questions: [expect.any(String)] });
  expect((await start(root, trusting)).questions).toEqual([]);
  writeScript(join(root, script), "#!/bin/sh\ntouch hooked # and more\n");
  expect((await start(root, trusting)).questions).toHaveLength(1);
});

test.each([
  '"$(pwd)"/.claude/hooks/it.sh',
  '"${CLAUDE_PROJECT_DIR:-.}"/.claude/hooks/it.sh',
  "cd .claude/hooks && ./it.sh",
  'cd "$CLAUDE_PROJECT_DIR/.claude" && sh hooks/it.sh',
  ".claude/hooks/i?.sh",
  "for f in .claude/hooks/*.sh; do sh $f; done",
  "sh .claude/h*/it.sh",
  ".claude/hooks/$(echo it).sh",
])("a changed script asks again however it is named: %s", async (command) => {
  newHome();
  const root = cloneWith({ Stop: [{ command }] });
  writeScript(join(root, ".claude/hooks/it.sh"), '#!/bin/sh\ntouch "$CLAUDE_PROJECT_DIR/hooked"\n');
  expect(await start(root, trusting)).toMatchObject({ ran: true, questions: [expect.any(String)] });
  expect((await start(root, trusting)).questions).toEqual([]);
  writeScript(join(root, ".claude/hooks/it.sh"), "#!/bin/sh\ntouch hooked # and more\n");
  expect((await start(root, trusting)).questions).toHaveLength(1);
});

test.each(["~/.claude/mine.sh", '"$HOME"/.claude/mine.sh', "${HOME}/.claude/mine.sh"])(
  "what a command names in the home is the user's: %s",
  async (script) => {
    const home = newHome();
    mkdirSync(join(home, ".claude"));
    writeScript(join(home, ".claude/mine.sh"), "#!/bin/sh\ntouch hooked\n");
    const root = cloneWith({ Stop: [{ command: script }] });
    expect((await start(root, trusting)).questions[0]).not.toContain("all files");
  },
);

test("a permission that is kept beside the scripts asks nothing again", async () => {
  newHome();
  const root = cloneWith({ Stop: [{ command: "cd .claude && sh hooks/it.sh" }] });
  writeScript(join(root, ".claude/hooks/it.sh"), "touch ../hooked\n");
  await start(root, trusting);
  writeJson(join(root, LOCAL), { permissions: { allow: ["Bash(ls)"] } });
  expect((await start(root, trusting)).questions).toEqual([]);
});

test("a device in the place of a script or of the settings makes nobody wait", async () => {
  newHome();
  const root = cloneWith({ Stop: [{ command: ".claude/hooks/it.sh" }] });
  mkdirSync(join(root, ".claude/hooks"));
  symlinkSync("/dev/zero", join(root, ".claude/hooks/it.sh"));
  expect((await start(root, trusting)).questions[0]).toContain('".claude/hooks/it.sh" cannot be read');
  symlinkSync("/dev/zero", join(root, LOCAL));
  await expect(start(root, trusting)).rejects.toThrow(
    /settings\.local\.json cannot be read \(it is a pipe, socket or device\)\. Mend it/,
  );
});

test("what was trusted is kept outside of the folder", async () => {
  const home = newHome();
  const root = cloneWith({ Stop: [{ command: "touch hooked" }] });
  await start(root, trusting);
  expect(readFileSync(join(home, ".claude/course-trust.json"), "utf8")).toContain(root);
});

test("invisible characters of a command are shown", async () => {
  newHome();
  const root = cloneWith({ Stop: [{ command: "true\u200b\u001b[8m; touch hooked" }] });
  expect((await start(root, trusting)).questions[0]).toContain('"true\\u200b\\u001b[8m; touch hooked"');
});

test("hooks in the home are the user's, and a project's disableAllHooks leaves them alone", async () => {
  const home = newHome();
  writeJson(join(home, SHARED), settingsWith({ Stop: [{ command: "touch hooked" }] }));
  const root = temporaryFolder();
  writeJson(join(root, SHARED), {
    disableAllHooks: true,
    ...settingsWith({ Stop: [{ command: "touch theirs" }] }),
  });
  const { questions, ran, list } = await start(root, trusting);
  expect(questions).toEqual([]);
  expect(ran).toBe(true);
  expect(existsSync(join(root, "theirs"))).toBe(false);
  expect(list).toContain("has disableAllHooks");
});

test("disableAllHooks of the home disables every hook, without a question", async () => {
  const home = newHome();
  writeJson(join(home, SHARED), { disableAllHooks: true });
  const { questions, ran } = await start(cloneWith({ Stop: [{ command: "touch hooked" }] }), trusting);
  expect(questions).toEqual([]);
  expect(ran).toBe(false);
});

test("the same hook in two files runs once", async () => {
  const home = newHome();
  const events = { Stop: [{ command: "echo ran >> hooked" }] };
  writeJson(join(home, SHARED), settingsWith(events));
  const root = cloneWith(events);
  await start(root, trusting);
  expect(readFileSync(join(root, "hooked"), "utf8")).toBe("ran\n");
});

test("a broken settings file stops the program with file, line and reason", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, ".claude"));
  writeFileSync(join(folder, SHARED), '{\n "hooks": { "PreTolUse": [] }\n}');
  const { stderr, code } = await runChapter(import.meta.url, [
    "--offline",
    "--dir",
    folder,
    "-p",
    "Run `ls`",
  ]);
  expect(stderr.trim()).toBe(
    '.claude/settings.json, line 2: "PreTolUse" is not known here. Expected PreToolUse.',
  );
  expect(code).toBe(1);
});

test("a clone's settings without hooks need no trust", async () => {
  const { questions } = await start(cloneWith({ Stop: [] }), trusting);
  expect(questions).toEqual([]);
});
