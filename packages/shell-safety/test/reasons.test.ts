// Why a line is not clear, in the words that whoever is asked reads; and what is clear beside it.
import { readShell } from "@course/shell-safety";
import { expect, test } from "vitest";

const unclear = async (line: string) => (await readShell(line)).unclear;

test.each([
  ["cat <<'A B'\nx\nA B", "a here-document that is not plain"],
  ["cat <<\\A\nx\nA", "a here-document that is not plain"],
  ["cat <<A | b 'c'\nx\nA", "a here-document that is not plain"],
  ["cat <<A # c\nx\nA", "a here-document that is not plain"],
  ["cat <<A\n\tA\nA", "a here-document whose end is not certain"],
  ["cat <<A\n$(b)\nA", "a here-document substitutes"],
  ["cat <<A\n`b`\nA", "a here-document substitutes"],
  ["cat <<A\n${b:-c}\nA", "a here-document substitutes"],
  ["cat <<A\n$API_KEY\nA", "a here-document substitutes"],
  ["cat <<A\n${GITHUB_TOKEN}\nA", "a here-document substitutes"],
  ["cat <<A\nb\\\nc\nA", "a here-document substitutes"],
  ["a $'b'", "an expansion that is not read: $'"],
  ["a ${b:-c}", "an expansion that is not read: ${"],
  ["a $[1]", "an expansion that is not read: $["],
  ['a $"b"', "two words that touch"],
  ["a $API_KEY", "$API_KEY may be a secret"],
  ['a "${GITHUB_TOKEN}"', "${GITHUB_TOKEN} may be a secret"],
])("%j is not clear: %s", async (line, reason) => {
  expect(await unclear(line)).toContain(reason);
});

test.each<[string, string, string[], string[]]>([
  ["for a in b; do rm c >d; done", "it has a for statement", ["rm"], ["d"]],
  ["case a in b) rm c >d;; esac", "it has a case statement", ["rm"], ["d"]],
  ["a() { rm b; }", "it has a function definition", ["rm"], []],
  ["a=$(rm b) c", "it sets a for a command", ["c", "rm"], []],
  ["[[ a < $(rm b) ]]", "it has a test command", ["rm"], []],
  ["a ${b:-$(rm c)}", "an expansion that is not read: ${", ["a", "rm"], []],
  ["a=b c=d", "it has a variable assignments", [], []],
  ["b=c", "it has a variable assignment", [], []],
  ["a-=b c", "a-=b may be no command", ["a-=b"], []],
  ["a &>'x y'", "what follows &>", ["a"], ["x y"]],
])("what is in syntax that is not read is named all the same: %j", async (line, reason, names, writes) => {
  const found = await readShell(line);
  expect(found.unclear).toContain(reason);
  expect(new Set(found.commands.map(({ words }) => words[0]?.text))).toEqual(new Set(names));
  expect(found.writes.map(({ text }) => text)).toEqual(writes);
});

test.each(["$(b)", '"$(b)"', "`b`", "c$(b)", "$b", "${b}", "$((1 + 2))", '"$b"', "{b,c}", "c{1..3}"])(
  "what %s stands for is not known",
  async (word) => {
    const { commands } = await readShell(`a ${word}`);
    expect(commands.find(({ words }) => words[0]?.text === "a")?.words[1]?.kind).toBe("unknown");
  },
);

test("a word that is not read is kept as it stands in the line", async () => {
  const { commands } = await readShell("a b ${c:-d} e");
  expect(commands[0]?.words.map(({ raw }) => raw)).toEqual(["a", "b", "${c:-d}", "e"]);
});

test("the text of a word is what stands in the line", async () => {
  const [command] = (await readShell("a 'b c' \"d\"e")).commands;
  expect(command?.words.map(({ raw }) => raw)).toEqual(["a", "'b c'", '"d"e']);
});

test("a substitution in a substitution counts as a level of its own", async () => {
  const nested = (levels: number) => `a ${"$(b ".repeat(levels)}${")".repeat(levels)}`;
  expect(await unclear(nested(3))).toEqual([]);
  expect(await unclear(nested(40))).not.toEqual([]);
});

test.each([
  "cat <<A\nA",
  "cat <<A\n$USER and \\$HOME\nA",
  "cat <<-A\n\tx\n\tA",
  "cat <<'A'\n$(b) `c` ${d:-e} $API_KEY\\\nf\nA",
  'cat <<"A"\n$(b)\nA',
  "a $",
  'a "$"',
  'a "$ b" "$/"',
  "a \"$'b'\"",
  "a $b ${c} $@ $* $# $? $! $$ $- $0",
])("%j is clear", async (line) => {
  expect(await unclear(line)).toEqual([]);
});

test.each<[string, string[], string[]]>([
  ["cat 3<<A\nx\nA", [], []],
  ["cat <<A 2>a >>b\nx\nA", [], ["a", "b"]],
  ["a <b >c 2>d", ["b"], ["c", "d"]],
  ["a >|b", [], ["b"]],
  ["a &>b", [], ["b"]],
  ["a &>>b", [], ["b"]],
  ["a <<<b", [], []],
  ["a >&2 2>&1 <&0", [], []],
  [">a", [], ["a"]],
])("%j is clear, reads %j and writes %j", async (line, reads, writes) => {
  const found = await readShell(line);
  expect(found.unclear).toEqual([]);
  expect([found.reads.map(({ text }) => text), found.writes.map(({ text }) => text)]).toEqual([
    reads,
    writes,
  ]);
});

test.each([
  ["a ".padEnd(4_000, "b"), []],
  ["a ".padEnd(4_001, "b"), ["it has more than 4000 characters"]],
  [`a${" b".repeat(199)}`, []],
  [`a${" b".repeat(200)}`, ["it has more than 200 words"]],
  [`a ${"|b".repeat(401)}`, ["it has too much syntax"]],
])("a line may have 4,000 characters, 200 words and 400 operators: %j", async (line, reasons) => {
  expect(await unclear(line)).toEqual(reasons);
});
