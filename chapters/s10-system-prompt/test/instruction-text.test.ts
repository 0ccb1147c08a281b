import { expect, test } from "vitest";
import { readInstructionText } from "../src/instruction-text.ts";

test("of a file of instructions, comments are left out, and paths in its prose are imports", () => {
  const source =
    "# Rules\r\n\r\n<!-- for people -->\r\n\r\nRead @docs/a.md and @b\\ c.md there.\r\n\r\nMail me@example.org, not `@code.md`.\r\n\r\n    @indented.md\r\n";
  const { text, imports } = readInstructionText(source);
  expect(imports, "the paths that are imported").toEqual(["docs/a.md", "b c.md"]);
  expect(text, "what the model reads").toBe(
    "# Rules\n\nRead @docs/a.md and @b\\ c.md there.\n\nMail me@example.org, not `@code.md`.\n\n    @indented.md",
  );
});

test("only a block that begins with a comment loses its comments", () => {
  const source = "<!-- a -->\n<!-- b -->\n\nText.\n\n<div>\n<!-- kept -->\n</div>";
  expect(readInstructionText(source).text).toBe("Text.\n\n<div>\n<!-- kept -->\n</div>");
});

test.each([
  ["in a list", "- Read @a.md\n- @b.md and `@c.md`\n  - @d.md", ["a.md", "b.md", "d.md"]],
  ["in a table", "| a | b |\n|---|---|\n| @a.md | `@b.md` |", ["a.md"]],
  ["in emphasis and quotes", "> **@a.md**\n\n*see @b.md*", ["a.md", "b.md"]],
  ["of the home, beside another", "@~/.claude/a.md\n@~/.claude/b.md", ["~/.claude/a.md", "~/.claude/b.md"]],
  [
    "with marks of its own",
    "See @src/__tests__/README.md, @src/__init__.py @__init__ @docs/a@2x.md _@b_c.md_ ~~@d.md~~",
    ["src/__tests__/README.md,", "src/__init__.py", "__init__", "docs/a@2x.md", "b_c.md", "d.md"],
  ],
  ["beside code and links", "`@a.md` [@b.md](@c.md) **bold** `x` @d.md `@e.md`", ["d.md"]],
  ["in a heading", "# See @a.md", ["a.md"]],
  ["in code", "```\n@a.md\n```\n\n`@b.md`", []],
  ["in a comment", "<!-- @a.md -->\n\n@b.md", ["b.md"]],
  ["of one word with others", "a@b.md, x/@c.md", []],
])("a path %s is imported once or not at all", (_, source, imports) => {
  expect(readInstructionText(source).imports).toEqual(imports);
});
