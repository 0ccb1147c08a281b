import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Workspace } from "@course/runtime";
import { BackgroundManager } from "@course/s13-background-tasks";
import { expect, onTestFinished, test } from "vitest";

function newFolder(): string {
  const root = mkdtempSync(join(tmpdir(), "course-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

function newManager(root: string): BackgroundManager {
  const manager = new BackgroundManager(new Workspace(root));
  onTestFinished(async () => void (await manager.stopAll()));
  return manager;
}

test("the first tasks in a folder are bg_1, bg_2, bg_3; the next session goes on from there", async () => {
  const root = newFolder();
  const first = newManager(root);
  expect(["true", "true", "true"].map((command) => first.run(command).id)).toEqual(["bg_1", "bg_2", "bg_3"]);
  await first.stopAll();
  const second = newManager(root);
  expect([second.run("true").id, first.run("true").id, second.run("true").id]).toEqual([
    "bg_4",
    "bg_5",
    "bg_6",
  ]);
});

test.each([
  ["bg_7.log", "bg_8"],
  ["bg_7.jsonl", "bg_8"],
  ["bg_0a1b2c.jsonl", "bg_1"],
  ["bg_999999999.jsonl", "bg_1000000000"],
  ["bg_9007199254740993.jsonl", "bg_1"],
])("beside %s the first one is %s", async (name, id) => {
  const root = newFolder();
  const manager = newManager(root);
  manager.run("true");
  rmSync(join(root, ".runtime-tasks/bg_1.jsonl"));
  rmSync(join(root, ".runtime-tasks/bg_1.log"), { force: true });
  writeFileSync(join(root, ".runtime-tasks", name), "");
  expect(newManager(root).run("true").id).toBe(id);
});

test("where the folder was removed in between, numbers still go on, and records are written again", async () => {
  const root = newFolder();
  const manager = newManager(root);
  manager.run("true");
  await manager.stopAll();
  rmSync(join(root, ".runtime-tasks"), { recursive: true });
  expect(manager.run("true").id).toBe("bg_2");
  expect(existsSync(join(root, ".runtime-tasks/bg_2.jsonl"))).toBe(true);
});

test("four programs that start tasks at once never get the same number", async () => {
  const root = newFolder();
  const source = `
    import { Workspace } from "@course/runtime";
    import { BackgroundManager } from "@course/s13-background-tasks";
    const manager = new BackgroundManager(new Workspace(process.argv[1]));
    const ids = Array.from({ length: 25 }, () => manager.run("true").id);
    await manager.stopAll();
    console.log(ids.join(" "));`;
  const outputs = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const args = ["--import", "tsx", "--input-type=module", "-e", source, root];
      const child = spawn(process.execPath, args, {
        cwd: import.meta.dirname,
        stdio: ["ignore", "pipe", "inherit"],
      });
      let output = "";
      for await (const chunk of child.stdout) output += String(chunk);
      return output.trim().split(" ");
    }),
  );
  const ids = outputs.flat();
  expect(ids).toHaveLength(100);
  expect(new Set(ids).size).toBe(100);
  for (const id of ids) {
    const last =
      readFileSync(join(root, ".runtime-tasks", `${id}.jsonl`), "utf8")
        .trim()
        .split("\n")
        .at(-1) ?? "";
    expect(JSON.parse(last)).toMatchObject({ id });
  }
});

test("the folder of records hides itself from git", () => {
  const root = newFolder();
  newManager(root).run("true");
  expect(readdirSync(join(root, ".runtime-tasks"))).toContain(".gitignore");
  expect(readFileSync(join(root, ".runtime-tasks/.gitignore"), "utf8")).toBe("*\n");
});
