import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { MAXIMUM_CHARACTERS, readLines } from "../src/tools/read-lines.ts";
import { temporaryFolder } from "../src/testing.ts";

const file = join(temporaryFolder(), "file.txt");

test("a window of lines is what slicing the whole text gives", async () => {
  const text = fc
    .array(fc.string({ unit: "grapheme", maxLength: 12 }), { maxLength: 12 })
    .map((lines) => lines.join("\n").replace(/[\0\uFEFF]/g, ""));
  const limit = fc.oneof(fc.integer({ min: 1, max: 14 }), fc.constant(Infinity));
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 14 }), limit, async (content, offset, count) => {
      writeFileSync(file, content);
      const lines = content.split(/(?<=\n)/);
      const wanted = lines.slice(offset - 1, offset - 1 + count).join("");
      const rest = lines.slice(offset - 1 + count).join("");
      const read = await readLines(file, "file.txt", offset, count).catch((error: Error) => error.message);
      if (content === "" && offset === 1) expect(read).toBe("(the file is empty)");
      else if (wanted === "") expect(read).toContain(`has only ${lines.filter(Boolean).length} lines;`);
      else if (rest === "") expect(read).toBe(wanted);
      else {
        const last = offset + count - 1;
        const note = `[lines ${offset} to ${last}; there is more, continue with offset ${last + 1}]`;
        expect(read).toBe(wanted + note);
      }
    }),
  );
});

test("a byte order mark is not shown, nor counted as a line", async () => {
  writeFileSync(file, "\uFEFFone\n\uFEFFtwo\n");
  expect(await readLines(file, "file.txt", 1, Infinity)).toBe("one\n\uFEFFtwo\n");
  writeFileSync(file, "\uFEFF");
  expect(await readLines(file, "file.txt", 1, Infinity)).toBe("(the file is empty)");
});

test("following the offsets that it names reads the whole file", async () => {
  const content = Array.from({ length: 30_000 }, (_, index) => `line ${index} äöü 😀`).join("\n");
  writeFileSync(file, content);
  let read = "";
  for (let offset = 1; offset > 0;) {
    const part = await readLines(file, "file.txt", offset, Infinity);
    const [note = "", next] =
      /\[lines \d+ to \d+; there is more, continue with offset (\d+)\]$/.exec(part) ?? [];
    expect(part.length - note.length).toBeLessThanOrEqual(MAXIMUM_CHARACTERS);
    read += part.slice(0, part.length - note.length);
    offset = Number(next ?? 0);
  }
  expect(read).toBe(content);
});

test.each<[string, string, number, number, string]>([
  ["an empty file", "", 1, Infinity, "(the file is empty)"],
  ["an empty file from its second line on", "", 2, 1, "f has only 0 lines; offset 2 is past its end."],
  ["a file behind its last line break", "a\n", 2, 1, "f has only 1 lines; offset 2 is past its end."],
  ["an empty first line", "\n\na", 1, 1, "\n[lines 1 to 1; there is more, continue with offset 2]"],
  ["a last line without a break", "a\nb", 2, 1, "b"],
])("%s", async (_, content, offset, limit, expected) => {
  writeFileSync(file, content);
  expect(await readLines(file, "f", offset, limit).catch((error: Error) => error.message)).toBe(expected);
});

test("half of a character at the end of a file is shown as one that is not known", async () => {
  writeFileSync(file, Buffer.from([0x61, 0xf0, 0x9f]));
  expect(await readLines(file, "f", 1, Infinity)).toBe("a\ufffd");
});

test("a line as long as a part can be is shown whole, one that is longer is cut", async () => {
  const line = "x".repeat(MAXIMUM_CHARACTERS - 1);
  writeFileSync(file, `${line}\ny`);
  const note = "[lines 1 to 1; there is more, continue with offset 2]";
  expect((await readLines(file, "f", 1, Infinity)).slice(-note.length - 1)).toBe(`\n${note}`);
  writeFileSync(file, `${line}\n`);
  expect(await readLines(file, "f", 1, Infinity)).toHaveLength(MAXIMUM_CHARACTERS);
  writeFileSync(file, `a\n${line}xx`);
  expect((await readLines(file, "f", 2, Infinity)).slice(-80)).toMatch(/x\n\[line 2 goes on; .* offset 3\]$/);
});
