import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { call, say, script } from "@course/offline-model/test";
import { afterEach, beforeEach, expect, test } from "vitest";
import { baseTools, defineAgent, type ToolResult } from "../src/index.ts";
import { openSession, type TestSession } from "../src/testing.ts";

let open: TestSession;
let root: string;
beforeEach(async () => {
  const create = (workspace: Parameters<typeof baseTools>[0]) =>
    defineAgent({ name: "t", instructions: "x", tools: baseTools(workspace) });
  open = await openSession(create, script(call("bash"), say("done")));
  root = open.workspace.root;
});
afterEach(() => open.close());

async function use(name: string, input: unknown): Promise<ToolResult> {
  const tool = open.agent.tools.find((candidate) => candidate.name === name);
  if (!tool) throw new Error(`no tool ${name}`);
  try {
    return await tool.run(input, {
      session: open.session,
      signal: open.session.signal,
      toolUseId: "t",
    });
  } catch (error) {
    return { content: String(error), isError: true };
  }
}

test("write_file makes folders, replaces whole files, keeps their mode and leaves nothing beside them", async () => {
  await use("write_file", { file_path: "deep/er/a.sh", content: "one" });
  chmodSync(join(root, "deep/er/a.sh"), 0o755);
  await use("write_file", { file_path: "deep/er/a.sh", content: "two" });
  expect(readFileSync(join(root, "deep/er/a.sh"), "utf8")).toBe("two");
  expect(statSync(join(root, "deep/er/a.sh")).mode & 0o777).toBe(0o755);
  expect(readdirSync(join(root, "deep/er"))).toEqual(["a.sh"]);
});

test("write_file through a link inside changes the file that it leads to", async () => {
  writeFileSync(join(root, "real.txt"), "one");
  symlinkSync("real.txt", join(root, "link.txt"));
  await use("write_file", { file_path: "link.txt", content: "two" });
  expect(readFileSync(join(root, "real.txt"), "utf8")).toBe("two");
});

test("file tools refuse what leads out, and create nothing there", async () => {
  symlinkSync("/tmp/course-not-there", join(root, "dangling"));
  for (const path of ["../x", "/etc/x", "dangling"]) {
    expect(await use("write_file", { file_path: path, content: "x" })).toMatchObject({
      isError: true,
      content: expect.stringContaining(path),
    });
  }
  expect(existsSync("/tmp/course-not-there")).toBe(false);
});

test("read_file returns a file as it is", async () => {
  writeFileSync(join(root, "a.txt"), "one\r\ntwo\n");
  expect((await use("read_file", { file_path: "a.txt" })).content).toBe("one\r\ntwo\n");
});

test("read_file takes a range of lines and says how to go on", async () => {
  writeFileSync(join(root, "a.txt"), "1\n2\n3\n4\n");
  const { content } = await use("read_file", { file_path: "a.txt", offset: 2, limit: 2 });
  expect(content).toBe("2\n3\n[lines 2 to 3; there is more, continue with offset 4]");
  expect((await use("read_file", { file_path: "a.txt", offset: 4 })).content).toBe("4\n");
  expect((await use("read_file", { file_path: "a.txt", offset: 9 })).content).toMatch(/only 4 lines/);
});

test("read_file caps what it returns, in lines and within one long line", async () => {
  writeFileSync(join(root, "many.txt"), "0123456789\n".repeat(10_000));
  const { content } = await use("read_file", { file_path: "many.txt" });
  expect(content.length).toBeLessThan(50_100);
  expect(content).toMatch(/\[lines 1 to 4545; there is more, continue with offset 4546\]$/);
  writeFileSync(join(root, "long.txt"), "x".repeat(60_000));
  expect((await use("read_file", { file_path: "long.txt" })).content).toMatch(
    /line 1 goes on; .* continue with offset 2\]/,
  );
});

test.each([
  ["missing.txt", /does not exist/],
  ["folder", /is a folder/],
  ["binary", /binary/],
  ["plain/below", /not a folder|does not exist/],
])("read_file on %s says what is wrong", async (path, message) => {
  mkdirSync(join(root, "folder"));
  writeFileSync(join(root, "binary"), Buffer.from([1, 0, 2]));
  writeFileSync(join(root, "plain"), "x");
  expect((await use("read_file", { file_path: path })).content).toMatch(message);
});

test("edit_file replaces one occurrence literally", async () => {
  writeFileSync(join(root, "a.txt"), "price: 1$&\n");
  await use("edit_file", { file_path: "a.txt", old_string: "1$&", new_string: "$1 $$ $&" });
  expect(readFileSync(join(root, "a.txt"), "utf8")).toBe("price: $1 $$ $&\n");
});

test("edit_file refuses none and several, says how many, and leaves the file", async () => {
  writeFileSync(join(root, "a.txt"), "x x x");
  expect((await use("edit_file", { file_path: "a.txt", old_string: "y", new_string: "z" })).content).toMatch(
    /not found/,
  );
  expect((await use("edit_file", { file_path: "a.txt", old_string: "x", new_string: "z" })).content).toMatch(
    /occurs 3 times/,
  );
  expect(readFileSync(join(root, "a.txt"), "utf8")).toBe("x x x");
  await use("edit_file", { file_path: "a.txt", old_string: "x", new_string: "z", replace_all: true });
  expect(readFileSync(join(root, "a.txt"), "utf8")).toBe("z z z");
});

test("edit_file leaves a file that is not UTF-8 alone", async () => {
  const latin1 = Buffer.from("caf\xe9 old\n", "latin1");
  writeFileSync(join(root, "a.txt"), latin1);
  expect(
    (await use("edit_file", { file_path: "a.txt", old_string: "old", new_string: "new" })).content,
  ).toMatch(/not UTF-8/);
  expect(readFileSync(join(root, "a.txt"))).toEqual(latin1);
});

test("bash reports output, a failing exit code, and silence", async () => {
  expect((await use("bash", { command: "echo hi; exit 3" })).content).toBe("hi\n[exit code 3]");
  expect((await use("bash", { command: "true" })).content).toBe("(no output)");
});

test("a wrong input names the field and what was expected", async () => {
  const { content } = await use("read_file", { file_path: 7, offset: 0 });
  expect(content, "what the model is told").toMatch(
    /Invalid input for read_file.*file_path: .*string.*offset: /,
  );
});
