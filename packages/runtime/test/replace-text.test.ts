import fc from "fast-check";
import { expect, test } from "vitest";
import { replaceText } from "../src/tools/replace-text.ts";

const withLf = (text: string) => text.replaceAll("\r\n", "\n");
const endings = (text: string) => text.match(/\r?\n/g) ?? [];

const line = fc.constantFrom("", "a", "b", "ab", "$&");
const ending = fc.constantFrom("\n", "\r\n");
const mixed = fc
  .array(fc.tuple(line, ending), { maxLength: 8 })
  .map((lines) => lines.map(([text, end]) => text + end).join(""));
const lines = fc.array(line, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("\n"));

test("an edit reads as on LF alone, and no ending before or behind it changes", () => {
  fc.assert(
    fc.property(mixed, line, lines, lines, (head, tail, old, replacement) => {
      fc.pre(old !== "");
      const text = head + tail;
      const result = replaceText(text, old, replacement);
      const pieces = withLf(text).split(old);
      expect(result.count).toBe(pieces.length - 1);
      expect(withLf(result.text)).toBe(pieces.join(replacement));
      const before = endings(pieces[0] ?? "").length;
      const behind = pieces.length > 1 ? endings(pieces.at(-1) ?? "").length : 0;
      expect(endings(result.text).slice(0, before)).toEqual(endings(text).slice(0, before));
      if (behind > 0) expect(endings(result.text).slice(-behind)).toEqual(endings(text).slice(-behind));
    }),
  );
});
