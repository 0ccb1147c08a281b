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
    .map((lines) => lines.join("\n").replaceAll("\0", ""));
  const limit = fc.oneof(fc.integer({ min: 1, max: 14 }), fc.constant(Infinity));
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 14 }), limit, async (content, offset, count) => {
      writeFileSync(file, content);
      const lines = content.split(/(?<=\n)/);
      const wanted = lines.slice(offset - 1, offset - 1 + count).join("");
      const rest = lines.slice(offset - 1 + count).join("");
      const read = await readLines(file, "file.txt", offset, count).catch((error: Error) => error.message);
      if (content === "" && offset === 1) expect(read).toBe("(the file is empty)");
      else if (wanted === "") expect(read).toMatch(/has only \d+ lines/);
      else if (rest === "") expect(read).toBe(wanted);
      else expect(read.startsWith(wanted) && /\[lines \d+ to \d+; there is more/.test(read)).toBe(true);
    }),
  );
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
