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
  await box.put("lead", "y".repeat(20_000));
  await box.skip();
  await expect(box.put("lead", "x".repeat(20_001))).rejects.toThrow(/20001 characters.*into a file/);
  expect(box.all(), "the one that is just short enough").toHaveLength(1);
  expect(box.hasUnread).toBe(false);
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

test("whoever skips an empty box, or one with mail, hears of what comes afterwards", async () => {
  const { box, problems } = newBox();
  expect([box.hasUnread, box.unread(), box.all()]).toEqual([false, [], []]);
  await box.skip();
  await box.put("lead", "one");
  await box.skip();
  expect(box.hasUnread).toBe(false);
  await box.put("lead", "two");
  expect([await drained(box), problems]).toEqual([["two"], []]);
});

test("of two who drain at once one gets the mail, and the other is not called", async () => {
  const { root, box } = newBox();
  await box.put("lead", "one");
  const taken: string[][] = [];
  const take = (mail: readonly { content: string }[]) => void taken.push(mail.map(({ content }) => content));
  await Promise.all([box.drain(take), newBox(root).box.drain(take)]);
  expect(taken).toEqual([["one"]]);
  expect(await drained(newBox(root).box)).toEqual([]);
});

test("a line that is no message is reported, cut short, and nobody is called for it", async () => {
  const { root, box, problems, file } = newBox();
  await box.put("lead", "one");
  await box.skip();
  appendFileSync(file, `${"x".repeat(61)}\n`);
  expect([box.unread(), box.hasUnread]).toEqual([[], true]);
  let calls = 0;
  await new Mailbox(new Workspace(root), "ada").drain(() => calls++);
  expect([calls, box.hasUnread]).toEqual([0, false]);
  appendFileSync(file, `${"y".repeat(61)}\n`);
  await box.drain(() => calls++);
  expect([calls, problems]).toEqual([0, [`ada's inbox holds what is no message: ${"y".repeat(60)}`]]);
});

test("an inbox that cannot be read is reported once, however often it is looked at", async () => {
  const { box, problems, file } = newBox();
  mkdirSync(file, { recursive: true });
  for (let look = 0; look < 3; look++) expect([box.unread(), box.all()]).toEqual([[], []]);
  expect(problems).toEqual([expect.stringMatching(/^ada's inbox cannot be read: .*EISDIR/)]);
});

test("a cursor that is no number counts as none", async () => {
  const { root, box } = newBox();
  await box.put("lead", "one");
  await drained(box);
  writeFileSync(join(root, ".team/inbox/ada.cursor"), "half");
  expect(await drained(box)).toEqual(["one"]);
});

test("once the cursor can be written again, it alone counts", async () => {
  const { root, box, file } = newBox();
  const cursor = join(root, ".team/inbox/ada.cursor");
  await box.put("lead", "a first message of some length");
  mkdirSync(cursor);
  await drained(box);
  rmSync(cursor, { recursive: true });
  await box.put("lead", "two");
  expect(await drained(box)).toEqual(["two"]);
  rmSync(file);
  rmSync(cursor);
  for (const text of ["a", "b"]) await box.put("lead", text);
  expect(await drained(box), "of a file that was made anew").toEqual(["a", "b"]);
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
