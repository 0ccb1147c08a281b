import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Driver } from "./drive.ts";

let agent: Driver;
beforeAll(async () => {
  agent = await Driver.start();
});
beforeEach(() => {
  agent.messages = [];
  agent.calls.length = 0;
});
afterAll(() => agent.close());

/** What a learner may ask, in several ways each; the call that it takes; and a part of the answer. */
const QUESTIONS: [string[], string | undefined, RegExp][] = [
  [
    [
      "What is here?",
      "what's in this folder",
      "List the files",
      "show me the files please",
      "What files are there?",
      "ls",
    ],
    "bash ls -p",
    /4 folders: .*src\//,
  ],
  [
    [
      "Explain src/greet.js",
      "What does src/greet.js do?",
      "can you explain the file src/greet.js to me",
      "describe `src/greet.js`",
    ],
    "read_file src/greet.js",
    /greet: Greets a person/,
  ],
  [["Explain test/quick.test.js"], "read_file test/quick.test.js", /tests that nobody is a stranger/],
  [
    [
      "Where is capitalize used?",
      "Search for capitalize",
      "grep for capitalize",
      "find all uses of capitalize",
      "Who calls capitalize?",
      'Find the text "capitalize"',
    ],
    "bash grep -rnF",
    /src\/main.js:3/,
  ],
  [["Search for nonsense123"], "bash grep -rnF", /"nonsense123" is nowhere here/],
  [
    ["Find the file names.js", "Where is names.js?", "locate names.js", "where is the file `names.js`?"],
    "bash find . -name names.js",
    /src\/names.js/,
  ],
  [
    ["How many lines does src/names.js have?", "Count the lines of src/names.js", "how long is src/names.js"],
    "bash wc -l src/names.js",
    /src\/names.js has 8 lines/,
  ],
  [["Count the lines", "How many lines of code are there?"], "bash git ls-files", /lines in all files/],
  [
    ["Show README.md", "print the file README.md", "cat README.md", "Open README.md please"],
    "read_file README.md",
    /# Playground[\s\S]*playground:reset/,
  ],
  [
    ["Show the last 2 lines of logs/server.log", "print the last 2 lines of the file logs/server.log"],
    "bash tail -n 2 logs/server.log",
    /health check|request|cache/,
  ],
  [["Show me the first 1 line of README.md"], "bash head -n 1 README.md", /^# Playground$/],
  [
    ["Which scripts are there?", "list the npm scripts", "What can I run?"],
    "read_file package.json",
    /npm run test:bugs: node --test/,
  ],
  [["List the TODOs", "find all todos"], "bash grep -rnE", /nowhere here/],
  [["Where am I?", "Which folder is this?"], "bash pwd", /drive-/],
  [["Which version of node is this?"], "bash node --version", /^v\d+/],
  [["Which branch is this?", "what branch am I on"], "bash git branch --show-current", /^main$/],
  [
    ["Show the last commit", "What was the last commit?", "what is in the latest commit"],
    "bash git log -1 --stat",
    /The playground/,
  ],
  [["Show the history", "show me the git log"], "bash git log --oneline -10", /The playground/],
  [
    [
      "Which files changed?",
      "What did you change?",
      "git status",
      "What has changed?",
      "show me the changed files",
    ],
    "bash git status",
    /Nothing has changed/,
  ],
  [["Show the diff", "show my changes"], "bash git diff HEAD", /No file that git knows has changed/],
  [
    ["Undo my change in src/greet.js", "Revert src/greet.js", "undo my last change", "take back the changes"],
    "bash git status",
    /nothing to undo/,
  ],
  [
    [
      "Run the tests",
      "Please run the test suite.",
      "run all tests",
      "Do the tests pass?",
      "execute the tests",
      "could you run the tests for me",
    ],
    "bash npm test",
    /The tests pass \(npm test: 4 pass, 0 fail\)/,
  ],
  [
    ["Why does the test fail?", "Which test fails?", "What's broken?"],
    "read_file package.json",
    /expected 'Ada and Grace', got 'Ada and undefined'[\s\S]*names\[names.length\][\s\S]*changed nothing/,
  ],
  [["How many tests are there?"], "bash ls test", /4 tests in 2 files/],
  [
    [
      "Find out why the server failed, from logs/server.log",
      "What went wrong in logs/server.log?",
      "find the errors in logs/server.log",
    ],
    "bash wc -l logs/server.log",
    /3 errors in 721 lines[\s\S]*line 470[\s\S]*line 402: .*64 MB/,
  ],
  [["What did pwd print?", "what was the output of pwd"], undefined, /ran "pwd"/],
  [["What is left?", "what's next", "are we done?"], undefined, /no plan/],
  [["Run it again", "again"], undefined, /no command/],
  [["What have you done so far?"], undefined, /Nothing yet/],
  [
    ["Stop the background tasks", "check the background tasks"],
    undefined,
    /no background tasks in this chapter/,
  ],
  [["Show the tasks", "Complete task 1", "stop task 2"], undefined, /no task tools/],
  [["Hello", "hi there"], undefined, /offline model/],
];

describe("what a learner asks is answered by looking", () => {
  for (const [phrasings, call, answer] of QUESTIONS) {
    const [first = "", ...others] = phrasings;
    test(first, async () => {
      expect(await agent.ask(first)).toMatch(answer);
      if (call === undefined) expect(agent.calls).toEqual([]);
      else expect(agent.calls[0]).toContain(call);
    });
    // The same question begins with the same call, or has the same answer where it takes none.
    test.each(others)("%s", async (prompt) => {
      agent.push("user", [{ type: "text", text: prompt }]);
      const { content } = await agent.send();
      const [made] = content.filter((block) => block.type === "tool_use");
      if (call === undefined)
        return expect(content.map((block) => (block.type === "text" ? block.text : "")).join("")).toMatch(
          answer,
        );
      const input = (made?.input ?? {}) as { command?: string; file_path?: string };
      expect(`${made?.name} ${input.command ?? input.file_path}`).toContain(call);
    });
  }
});

test.each([
  "Run diagnostics on the server",
  "Run the linter",
  "Run a quick check of everything",
  "run make sure that it works",
  "Plan and do: think about the design, run `touch made`",
  "Plan and do: test the parser",
])("prose is never given to a shell: %s", async (prompt) => {
  expect(await agent.ask(prompt)).toMatch(/do not know how|does not look like a command/);
  expect(agent.calls).toEqual([]);
});

test.each([
  ["Run ls src | sort", "bash ls src | sort"],
  ["run echo this is it", "bash echo this is it"],
  ["execute ./missing.sh --flag", "bash ./missing.sh --flag"],
  ["Run NODE_ENV=test node --version", "bash NODE_ENV=test node --version"],
])("a command is run as it is: %s", async (prompt, call) => {
  await agent.ask(prompt);
  expect(agent.calls).toEqual([call]);
});

test("a name that is nowhere is not renamed, and what undoes an earlier renaming is said", async () => {
  expect(await agent.ask("Rename nonsense123 to titleCase")).toBe(
    "nonsense123 is nowhere here, so I changed nothing. If it was renamed before: npm run playground:reset.",
  );
});

test("what is not understood is answered with three lines, and with the long list once", async () => {
  const first = await agent.ask("Sing a song");
  expect(first).toContain("Everything else that I know:");
  expect(first.split(" · ").length).toBeGreaterThan(20);
  // It fits a terminal of 24 lines and 80 columns.
  expect(first.split("\n").reduce((rows, line) => rows + Math.ceil(line.length / 76), 0)).toBeLessThanOrEqual(
    24,
  );
  const second = await agent.ask("Sing it louder");
  expect(second).not.toContain("Everything else");
  expect(second.split("\n").filter((line) => line.startsWith("  "))).toHaveLength(3);
});

test.each([
  ["todo", /^ {2}Plan and do/],
  ["task_create", /^ {2}Plan these tasks/],
  ["background_run", /^ {2}Run `sleep 3`/],
  ["compact", /^ {2}Read 20 pages/],
  ["load_skill", /^ {2}Load the skill/],
])("its three lines are for the chapter that offers %s", async (tool, line) => {
  const chapter = await Driver.start({ [tool]: () => "fine" });
  const said = await chapter.ask("Sing a song");
  expect(said.split("\n")[1]).toMatch(line);
  await chapter.close();
});
