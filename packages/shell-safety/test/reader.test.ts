import { readShell } from "@course/shell-safety";
import { leastCpu } from "@course/shell-safety/testing";
import { expect, test } from "vitest";

const words = async (line: string) =>
  (await readShell(line)).commands.map(({ words }) => words.map(({ text }) => text));

test("the reader names every command and every file that is written", async () => {
  const { writes, unclear } = await readShell("a 'b c' | d\\ e > f; g 2>&1 >> \"h i\"");
  expect(await words("a 'b c' | d\\ e > f; g 2>&1 >> \"h i\"")).toEqual([["a", "b c"], ["d e"], ["g"]]);
  expect(writes.map(({ text }) => text)).toEqual(["f", "h i"]);
  expect(unclear).toEqual([]);
});

test("a redirect in front of arguments leaves them arguments", async () => {
  expect(await words("ls 2>/dev/null -x y >z")).toEqual([["ls", "-x", "y"]]);
});

test.each([
  "a && b || c | d |& e; f & g",
  "(a; b) > x 2>&1",
  "{ a; b; } | c",
  "if a; then b; elif c; then d; else e; fi",
  "! a",
  "a # b\n# c\n\nd",
  "a &&\n  b",
  "a \\\n  b",
  'a "b $c ${d} $(e)" `f` $((1 + 2))',
  "a <(b) >(c)",
  "cat <<EOF | a\nhi $USER\nEOF\nb",
  "a \"$(cat <<'EOF'\nhi $(x) `y`\nEOF\n)\"",
  "[ -f x ] && a",
  "a HEAD~1 stash@{0} {} a=b x:~/y",
])("%j is clear", async (line) => {
  expect((await readShell(line)).unclear).toEqual([]);
});

test.each([
  "ls\n\\\ntouch P",
  "find . -name } {-o,-exec} touch P \\;",
  "ls >&'$(touch P)'",
  "ls &>'$(touch P)'",
  "sort x <&- -o../w",
  "ls >&- -x",
  'cat "my \\\nsecret"',
  "''\\; a",
  "- 3>&1",
  "cat x |\\ cat",
  "head -5>P",
  "cat -<<'EOF'\nx\nEOF",
  "a\\\nb",
  "a {fd}>x",
  "a $'b'",
  'a $"b"',
  "a ${b:-c}",
  "a $((b))",
  "a $[1]",
  "a=1 b",
  "a+=1 b",
  "a[0]=1 b",
  "a ;; b",
  "$(( (a) ))",
  "a $((b) )",
  "case a in a) b;; esac",
  "for a in b; do c; done",
  "[[ a ]]",
  "a() { b; }",
  "coproc a",
  "select a in b; do c; done",
  "a \u00a0b",
  "a\rb",
  "a !(b)",
  "a 'b",
  "cat <<A <<B\nA\nB",
  "a `b \\`c\\``",
])("%j is unclear", async (line) => {
  expect((await readShell(line)).unclear).not.toEqual([]);
});

test("a line is read in less than 100 ms, or is unclear", async () => {
  await readShell("a");
  const parts = [
    "(",
    "$(",
    '"$(',
    "a=",
    "{",
    "a ",
    "`",
    "${",
    "$((",
    "a|",
    "(a)|",
    "a=(",
    ">",
    "f()",
    "<(",
    "[ ",
    "<<a\n",
    "if a; then ",
  ];
  for (const part of [...parts, "$(a ".repeat(30), "a/"]) {
    for (const length of [400, 1_500, 4_000]) {
      const line = part.repeat(Math.ceil(length / part.length)).slice(0, length);
      for (const text of [line, `a ${"$(b ".repeat(25)}${")".repeat(25)}`]) {
        const used = await leastCpu(() => readShell(text));
        expect(used, JSON.stringify(text.slice(0, 40))).toBeLessThan(100);
      }
    }
  }
});

test("what is too long is not parsed", async () => {
  expect((await readShell(`a ${"b".repeat(4_000)}`)).unclear).toEqual(["it has more than 4000 characters"]);
});
