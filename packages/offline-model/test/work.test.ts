import { writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Driver } from "./drive.ts";

let agent: Driver;
beforeEach(async () => {
  agent = await Driver.start();
});
afterEach(() => agent.close());

test("the failing test is made to pass by real calls, and what was wrong is said", async () => {
  const said = await agent.ask("Make the failing test pass");
  expect(agent.calls).toEqual([
    "read_file package.json",
    "bash npm run test:bugs",
    "read_file bugs/join-names.test.js",
    "read_file src/list.js",
    "edit_file src/list.js",
    "bash npm run test:bugs",
    "bash npm test",
  ]);
  expect(agent.read("src/list.js")).toContain("names[names.length - 1]");
  expect(said).toMatch(/passes now[\s\S]*src\/list.js, line 5: `names\[names.length\]` is one past the end/);
  expect(await agent.ask("Fix the failing test")).toBe(
    "Nothing fails: npm run test:bugs and npm test pass. If it was mended before: npm run playground:reset.",
  );
  expect(agent.read("src/list.js").match(/length - 1/g)).toHaveLength(1);
});

test("a change that does not help is taken back before the next is tried", async () => {
  const source = agent.read("src/list.js").replace("names[names.length]", "names.at(-1)");
  writeFileSync(agent.path("src/list.js"), source.replace("names.length < 2", "names.length === 2"));
  expect(await agent.ask("fix the bug")).toMatch(/`===`|wrong way round/);
  expect(agent.read("src/list.js")).toContain("names.length !== 2");
});

test("a bug that it cannot mend is told, and the files are as they were", async () => {
  const source = agent
    .read("src/list.js")
    .replace("names[names.length]", "names.at(-1)")
    .replace("} and $", "} or $");
  writeFileSync(agent.path("src/list.js"), source);
  const said = await agent.ask("Make the failing test pass");
  expect(said).toMatch(
    /fails \(bugs\/join-names.test.js, npm run test:bugs\).*expected 'Ada and Grace', got 'Ada or Grace'/,
  );
  expect(said).toMatch(/I tried \d+ changes, and took them back: I am a script/);
  expect(agent.read("src/list.js")).toBe(source);
});

test("a symbol is renamed in every file, and no longer name is torn", async () => {
  writeFileSync(agent.path("src/more.js"), "export const capitalized = true; // capitalize\n");
  const said = await agent.ask("Rename capitalize to titleCase");
  expect(said).toMatch(/in 4 files: .*npm test passes\.$/);
  expect(agent.read("src/more.js")).toBe("export const capitalized = true; // titleCase\n");
  expect(agent.read("test/quick.test.js")).toContain('import { titleCase } from "../src/names.js"');
  expect(await agent.ask("rename titleCase to greet")).toMatch(
    /There is a greet already, so I changed nothing/,
  );
});

test("a file is renamed with the imports that name it", async () => {
  expect(await agent.ask("Rename src/names.js to people.js")).toMatch(/src\/people.js now.*npm test passes/);
  expect(agent.read("src/main.js")).toContain("./people.js");
  expect(agent.read("logs/server.log"), "another file's name").toContain("cache/names.json");
});

test("a function is added with a test that runs; one that it does not know is not made up", async () => {
  expect(await agent.ask("Add a function initials to src/names.js")).toMatch(/test\/initials.test.js passes/);
  expect(await agent.ask("Add a function initials to src/names.js")).toBe(
    "src/names.js has a function initials already.",
  );
  expect(await agent.ask("Add a function twice(n) to src/names.js that returns `2 * n`")).toMatch(
    /The file loads/,
  );
  expect(await agent.ask("Add a function quicksort to src/names.js")).toMatch(
    /do not know what quicksort should do/,
  );
  expect(agent.read("src/names.js")).toMatch(/export function twice\(n\) \{\n {2}return 2 \* n;/);
  expect(agent.read("src/names.js")).not.toContain("quicksort");
});

test("a change is undone, of several the one that is named, and a new file is left alone", async () => {
  await agent.ask('In README.md replace "A small project" with "A tiny project"');
  await agent.ask("Create notes/x.md");
  expect(await agent.ask("What did you change?")).toBe("README.md (changed)\nnotes/x.md (new)");
  expect(await agent.ask("Undo my change")).toMatch(
    /README.md is as in the last commit.*left alone.*notes\/x.md/,
  );
  expect(agent.read("README.md")).toContain("A small project");
  expect(agent.read("notes/x.md")).toContain("# x");
});

test("the plan is ticked off only for what succeeded", async () => {
  const plans: string[] = [];
  const planner = await Driver.start({
    todo: (input) => {
      const items = input["items"] as unknown as { status: string }[];
      plans.push(items.map(({ status }) => status).join(" "));
      return "The plan is written.";
    },
  });
  const said = await planner.ask("Plan and do: create a.md, run `false`, create b.md");
  expect(said).toBe('I stopped at step 2 of 3, "run `false`": false:\n[exit code 1]');
  expect(plans.at(-1)).toBe("completed in_progress pending");
  expect(await planner.ask("What is left?")).toBe("2 of 3 steps:\n- run `false` (under way)\n- create b.md");
  expect(await planner.ask("Plan and do: run the tests, make the failing test pass, create c.md")).toBe(
    "All 3 steps are done.",
  );
  expect(plans.at(-1)).toBe("completed completed completed");
  await planner.close();
});

const STEPS =
  'Do these steps: make the failing test pass, create notes/fix.md with "fixed", run `cat notes/fix.md`';

test("without a reminder, what comes after a long step is lost, and the answer does not say so", async () => {
  const said = await agent.ask(STEPS);
  expect(said).toContain("passes now");
  expect(said).not.toContain("fix.md");
  expect(agent.calls.at(-1)).toBe("bash npm test");
});

test("steps that are short are all done from memory", async () => {
  expect(await agent.ask("Do these steps: create a.md, run `cat a.md`")).toBe("All 2 steps are done.");
});

test("a tool of one's own is called by name, with JSON", async () => {
  const own = await Driver.start({ count_lines: (input) => `${input["file_path"]} has 5 lines.` });
  expect(await own.ask('Call count_lines {"file_path": "README.md"}')).toBe("README.md has 5 lines.");
  expect(await own.ask("Call count_lines {file_path}")).toMatch(/is not a JSON object. Write it as in/);
  expect(await own.ask("Call no_such {}")).toBe("This client offers no tool no_such.");
  await own.close();
});

test("a command that is timed out, killed or not started counts as failed", async () => {
  for (const note of [
    "[timed out after 120 s and was ended]",
    "[ended by SIGKILL]",
    "[did not start: ENOENT]",
    "[exit code 1]\n[processes that it left running were ended]",
  ]) {
    const shell = await Driver.start({ bash: () => `half of it\n${note}` });
    expect(await shell.ask("Plan and do: run `build`, create b.md")).toContain("I stopped at step 1 of 2");
    expect(await shell.ask("Run `build` in the background")).toContain("`build` failed");
    await shell.close();
  }
});

test("with bash alone the same work is done", async () => {
  const shell = await Driver.start({}, ["read_file", "write_file", "edit_file"]);
  expect(await shell.ask("Make the failing test pass")).toContain("passes now");
  expect(await shell.ask("Rename capitalize to titleCase")).toContain("npm test passes");
  expect(await shell.ask("Add a function initials to src/names.js")).toContain("passes");
  await shell.close();
});

test("Claude Code's tools are called by their names, and a path that its client made absolute is the same call", async () => {
  const { bash, read_file, edit_file } = agent.tools;
  const theirs = await Driver.start(
    {
      Bash: ({ command = "" }) => bash?.({ command }) ?? "",
      Read: (input) => read_file?.(input) ?? "",
      Edit: (input) => edit_file?.(input) ?? "",
    },
    ["bash", "read_file", "write_file", "edit_file"],
  );
  const { push } = theirs;
  theirs.push = (role, content) => {
    for (const block of content)
      if (block.type === "tool_use" && block.name === "Edit")
        (block.input as { note?: string }).note = "normalised";
    push.call(theirs, role, content);
  };
  expect(await theirs.ask("Make the failing test pass")).toContain("passes now");
  expect(new Set(theirs.calls.map((call) => call.split(" ")[0]))).toEqual(new Set(["Bash", "Read", "Edit"]));
  expect(await theirs.ask("Create notes/a.md")).toMatch(/Created notes\/a.md|does not offer/);
  await theirs.close();
});

test("its thoughts are one line, say what it does next, and notice a failure", async () => {
  await agent.ask("Make the failing test pass");
  expect(agent.thoughts).toHaveLength(7);
  expect(agent.thoughts.every((thought) => !thought.includes("\n"))).toBe(true);
  expect(new Set(agent.thoughts).size).toBe(7);
  expect(agent.thoughts[2]).toContain("expected 'Ada and Grace', got 'Ada and undefined'");
});

test("a teammate whose name is taken is not started, each reason is said once, and what frees the name", async () => {
  const lead = await Driver.start({
    spawn_teammate({ name }) {
      const why = name === "carl" ? "There are 16 teammates." : `There is a teammate ${name} already.`;
      throw new Error(why);
    },
  });
  const taken = await lead.ask("Start two teammates: ada to run `pwd`, ada to run `ls`");
  const full = await lead.ask("Start a teammate: carl to run `pwd`");
  await lead.close();
  expect([taken, full]).toEqual([
    "That did not work: There is a teammate ada already.\nType /team stop all, and ask again: the name of a stopped one is free.",
    "That did not work: There are 16 teammates.",
  ]);
});
