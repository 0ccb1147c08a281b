import { appendFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Workspace } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { Mailbox } from "@course/s15-agent-teams";
import fc from "fast-check";
import { expect, test } from "vitest";
import { appendLine } from "../src/mail-file.ts";

function newBox(root = temporaryFolder()) {
  const problems: string[] = [];
  const box = new Mailbox(new Workspace(root), "ada", (problem) => problems.push(problem));
  return { root, box, problems, file: join(root, ".team/inbox/ada.jsonl") };
}

async function drained(box: Mailbox): Promise<string[]> {
  const texts: string[] = [];
  await box.drain((mail) => texts.push(...mail.map(({ content }) => content)));
  return texts;
}

test("messages are read once, in the order in which they were sent, also by a later program", async () => {
  const { root, box } = newBox();
  await box.put("lead", "one");
  await box.put("bob", "two");
  expect(await drained(box)).toEqual(["one", "two"]);
  expect(await drained(box)).toEqual([]);
  await box.put("bob", "three");
  expect(await drained(newBox(root).box)).toEqual(["three"]);
  expect(await drained(box)).toEqual([]);
});

test("whoever looks reads nothing", async () => {
  const { box } = newBox();
  await box.put("lead", "one");
  expect(box.hasUnread).toBe(true);
  expect(box.unread()).toMatchObject([{ from: "lead", to: "ada", content: "one", kind: "message" }]);
  expect(box.all()).toHaveLength(1);
  expect(await drained(box)).toEqual(["one"]);
  expect(box.hasUnread).toBe(false);
  expect(box.unread()).toEqual([]);
  expect(box.all()).toHaveLength(1);
});

test("what was not taken is still there", async () => {
  const { box } = newBox();
  await box.put("lead", "one");
  await expect(
    box.drain(() => {
      throw new Error("killed");
    }),
  ).rejects.toThrow("killed");
  expect(await drained(box), "read by the next reader; the first one died with it").toEqual(["one"]);
});

test("a line that a killed writer left unfinished is no message, and harms none", async () => {
  const { box, file, problems } = newBox();
  await box.put("lead", "one");
  appendFileSync(file, '{"kind":"message","from":"bo');
  expect(await drained(box)).toEqual(["one"]);
  expect(box.hasUnread).toBe(false);
  await box.put("lead", "two");
  expect(await drained(box)).toEqual(["two"]);
  expect(problems).toEqual(['ada\'s inbox holds what is no message: {"kind":"message","from":"bo']);
});

test("a line is there whole or not at all, also behind one that a killed writer left unfinished", () => {
  const path = join(temporaryFolder(), "lines");
  appendLine(path, "one");
  appendFileSync(path, "half");
  const long = "é".repeat(100_000);
  appendLine(path, long);
  appendLine(path, "four");
  expect(readFileSync(path, "utf8").split("\n"), "the lines of the file").toEqual([
    "one",
    "half",
    long,
    "four",
    "",
  ]);
});

test("a message that the disk does not take is an error for its sender", async () => {
  const { root, box, file } = newBox();
  mkdirSync(join(root, ".team/inbox"), { recursive: true });
  symlinkSync("/dev/full", file);
  await expect(box.put("lead", "one")).rejects.toThrow(/ENOSPC/);
});

test("a message that is too long is refused, and the error says where to put it", async () => {
  const { box } = newBox();
  await expect(box.put("lead", "x".repeat(20_001))).rejects.toThrow(/20001 characters.*into a file/);
  expect(box.all()).toEqual([]);
});

test("a file that was made anew is read from its beginning", async () => {
  const { box, file } = newBox();
  await box.put("lead", "a long message of an earlier time");
  await drained(box);
  rmSync(file);
  expect(box.hasUnread).toBe(false);
  await box.put("lead", "new");
  expect(await drained(box)).toEqual(["new"]);
});

test("a cursor that cannot be written is reported, and nothing is read twice", async () => {
  const { root, box, problems } = newBox();
  await box.put("lead", "one");
  mkdirSync(join(root, ".team/inbox/ada.cursor"));
  expect(await drained(box)).toEqual(["one"]);
  expect(problems[0]).toMatch(/could not be noted/);
  await box.put("lead", "two");
  expect(await drained(box)).toEqual(["two"]);
});

test("many messages come in pieces, and none is left out", async () => {
  const { box } = newBox();
  for (let index = 0; index < 60; index++) await box.put("lead", String(index));
  const first = await drained(box);
  expect(first.length).toBeLessThan(60);
  expect(box.hasUnread).toBe(true);
  expect([...first, ...(await drained(box))]).toEqual(
    Array.from({ length: 60 }, (_, index) => String(index)),
  );
});

test("any mix of writers and readers reads each message once, whatever it holds", async () => {
  const content = fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom("\n", '"}\n{"', "é\u2028😀"));
  const step = fc.oneof(fc.record({ put: content }), fc.constantFrom("drain", "look", "reopen"));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const { root, box: first } = newBox();
      let box = first;
      const [sent, read]: string[][] = [[], []];
      for (const one of [...steps, "drain"]) {
        if (typeof one === "object") {
          await box.put("lead", one.put);
          sent?.push(one.put);
        } else if (one === "drain") read?.push(...(await drained(box)));
        else if (one === "look") box.unread();
        else box = newBox(root).box;
      }
      expect(read).toEqual(sent);
      rmSync(root, { recursive: true });
    }),
    { numRuns: 40 },
  );
});

test("a file of somebody else's beside it stays as it is", async () => {
  const { root, box } = newBox();
  mkdirSync(join(root, ".team/inbox"), { recursive: true });
  writeFileSync(join(root, ".team/inbox/notes.txt"), "mine");
  await box.put("lead", "one");
  await drained(box);
  expect(readFileSync(join(root, ".team/inbox/notes.txt"), "utf8")).toBe("mine");
  expect(readFileSync(join(root, ".team/.gitignore"), "utf8")).toBe("*\n");
});
