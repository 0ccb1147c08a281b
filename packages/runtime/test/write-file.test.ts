// What a file keeps when a tool writes it: mode, owner, names, kind, line endings.
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fileTools, NotPlainFileError, Workspace, writeFileAtomic, type ToolContext } from "../src/index.ts";
import { REPOSITORY } from "../src/terminal/repository.ts";
import { temporaryFolder } from "../src/testing.ts";

let root: string;
beforeEach(() => (root = temporaryFolder()));
afterEach(() => rmSync(root, { recursive: true, force: true }));

const at = (name: string) => join(root, name);
const text = (name: string) => readFileSync(at(name), "utf8");
const mode = (name: string) => statSync(at(name)).mode & 0o7777;

async function use(name: string, input: object): Promise<string> {
  const tool = fileTools(new Workspace(root)).find((candidate) => candidate.name === name);
  // The file tools ask nothing of the session.
  const context = { signal: new AbortController().signal, toolUseId: "t" } as ToolContext;
  try {
    const { content } = (await tool?.run(input, context)) ?? { content: `no tool ${name}` };
    return typeof content === "string" ? content : JSON.stringify(content);
  } catch (error) {
    return String(error);
  }
}
const edit = (old_string: string, new_string: string, more = {}) =>
  use("edit_file", { file_path: "a", old_string, new_string, ...more });

test("a file keeps its mode, its owner and nothing lies beside it", () => {
  writeFileSync(at("a"), "one");
  chmodSync(at("a"), 0o4751);
  if (process.getuid?.() === 0) chownSync(at("a"), 65534, 65534);
  const before = statSync(at("a"));
  writeFileAtomic(at("a"), "two");
  const { mode, uid, gid } = statSync(at("a"));
  expect({ mode, uid, gid, text: text("a") }).toEqual({
    mode: before.mode,
    uid: before.uid,
    gid: before.gid,
    text: "two",
  });
  expect(readdirSync(root)).toEqual(["a"]);
});

// Where it is installed: no other way shows a mode that lasts for a moment.
const tracer = "strace";
test.runIf(spawnSync(tracer, ["-V"]).status === 0)("a secret is at no moment readable by others", () => {
  writeFileSync(at("secret"), "old", { mode: 0o600 });
  const source = `import { writeFileAtomic } from ${JSON.stringify(join(REPOSITORY, "packages/runtime/src/workspace/atomic-write.ts"))};
    writeFileAtomic(${JSON.stringify(at("secret"))}, "new");`;
  const node = [process.execPath, "--import", "tsx", "--input-type=module", "-e", source];
  execFileSync(tracer, ["-f", "-o", at("log"), "-e", "trace=open,openat,chmod,fchmod,fchmodat", ...node]);
  const modes = [...text("log").matchAll(/\.secret\.[^\n]*, 0(\d{3})\)/g)].map(([, mode]) => mode);
  expect([modes.length > 0, new Set(modes)]).toEqual([true, new Set(["600"])]);
});

test("all names of a file keep naming it", () => {
  writeFileSync(at("a"), "one");
  linkSync(at("a"), at("b"));
  writeFileAtomic(at("a"), "two");
  expect([text("b"), statSync(at("a")).nlink]).toEqual(["two", 2]);
});

test("a link stays a link, and the file that it leads to is replaced", () => {
  mkdirSync(at("elsewhere"));
  writeFileSync(at("elsewhere/a"), "one");
  symlinkSync("elsewhere/a", at("link"));
  writeFileAtomic(at("link"), "two");
  expect([text("elsewhere/a"), lstatSync(at("link")).isSymbolicLink()]).toEqual(["two", true]);
});

test("a read-only file is refused, as by a plain write", async () => {
  writeFileSync(at("a"), "keep me", { mode: 0o444 });
  expect(await use("write_file", { file_path: "a", content: "x" })).toMatch(
    /a: permission denied.*read-only/,
  );
  expect(await edit("keep", "lose")).toMatch(/permission denied/);
  expect([text("a"), mode("a")]).toEqual(["keep me", 0o444]);
});

test("a FIFO, a device and a folder are refused without waiting, and stay what they are", async () => {
  execFileSync("mkfifo", [at("fifo")]);
  mkdirSync(at("folder"));
  for (const name of ["fifo", "folder"]) {
    for (const tool of ["read_file", "write_file", "edit_file"]) {
      const input = { file_path: name, content: "x", old_string: "x", new_string: "y" };
      expect(await use(tool, input)).toMatch(
        /(fifo is a pipe, socket or device|folder is a folder)\. Use bash/,
      );
    }
    expect(() => writeFileAtomic(at(name), "x")).toThrow(NotPlainFileError);
  }
  expect(() => writeFileAtomic("/dev/null", "x")).toThrow(NotPlainFileError);
  expect([lstatSync(at("fifo")).isFIFO(), statSync("/dev/null").isCharacterDevice()]).toEqual([true, true]);
});

test.each(["n".repeat(255), `${"ü".repeat(125)}.txt`, "😀".repeat(63)])(
  "a long name can be written: %s",
  (name) => {
    writeFileAtomic(at(name), "one");
    writeFileAtomic(at(name), "two");
    expect([readdirSync(root), text(name)]).toEqual([[name], "two"]);
  },
);

test.each([
  ["CRLF", "one\r\ntwo\r\nthree\r\n", "one\ntwo", "1\n2\n2b", "1\r\n2\r\n2b\r\nthree\r\n"],
  ["CRLF, and so does the model", "one\r\ntwo\r\n", "one\r\ntwo", "1\r\n2", "1\r\n2\r\n"],
  ["LF, and the model writes CRLF", "one\ntwo\n", "one\r\ntwo", "1\r\n2", "1\n2\n"],
  ["a new line at a line's end", "a\r\nb\r\n", "a", "a\nnew", "a\r\nnew\r\nb\r\n"],
  ["a new line at the end of the file", "a\r\nb", "b", "b\nc", "a\r\nb\r\nc"],
  ["mixed endings", "a\nb\r\nc\nd\r\n", "b", "x", "a\nx\r\nc\nd\r\n"],
  ["mixed endings across lines", "a\nb\r\nc\nd\r\n", "b\nc", "x\ny", "a\nx\r\ny\nd\r\n"],
  ["a single line", "one", "one", "1\r\n2", "1\r\n2"],
  ["a bare CR, written by the model", "a\rb\r\n", "a\rb", "c", "c\r\n"],
  ["half of an ending, written by the model", "a\r\nb", "a\r", "c", "c\nb"],
  ["a byte order mark", "\uFEFFone\r\ntwo", "one\ntwo", "1\n2", "\uFEFF1\r\n2"],
  ["a byte order mark, copied by the model", "\uFEFFone\n", "\uFEFFone", "1", "\uFEFF1\n"],
])("edit_file keeps the style: %s", async (_, before, old, replacement, after) => {
  writeFileSync(at("a"), before);
  expect(await edit(old, replacement)).toBe("Replaced 1 occurrence in a.");
  expect(text("a")).toBe(after);
});

test("replace_all keeps every ending", async () => {
  writeFileSync(at("a"), "x\r\nx\nx");
  expect(await edit("x", "y\nz", { replace_all: true })).toBe("Replaced 3 occurrences in a.");
  expect(text("a")).toBe("y\r\nz\r\ny\nz\ny\nz");
});

test("write_file keeps a byte order mark, and writes one only once", async () => {
  writeFileSync(at("a"), "\uFEFFone");
  await use("write_file", { file_path: "a", content: "two" });
  expect(text("a")).toBe("\uFEFFtwo");
  await use("write_file", { file_path: "a", content: "\uFEFFthree" });
  await use("write_file", { file_path: "b", content: "new" });
  expect([text("a"), text("b")]).toEqual(["\uFEFFthree", "new"]);
});

test("a workspace that was removed is named", async () => {
  const folder = temporaryFolder();
  const [readFile] = fileTools(new Workspace(folder));
  rmSync(folder, { recursive: true });
  await expect(async () => readFile?.run({ file_path: "a" }, {} as ToolContext)).rejects.toThrow(
    /The workspace \S+ is not there .*--dir/,
  );
});
