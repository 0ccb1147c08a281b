// What a command that only reads touches: which files, and whether it opens more than it names.
import { readOnlyUse, readShell } from "@course/shell-safety";
import { expect, test } from "vitest";
import { parseArguments } from "../src/options.ts";
import type { Word } from "../src/words.ts";

async function useOf(line: string) {
  const [command] = (await readShell(line)).commands;
  return command && readOnlyUse(command);
}

test.each([
  ...["-p", "-u", "--patch", "-L1,2:x", "--unified=3", "--cc", "--word-diff", "-Gx", "-Sx"].map(
    (option) => `git log ${option}`,
  ),
  "git diff",
  "git diff --stat --patch",
  "git diff --quiet -p",
  "git show x",
  "git show -s -p HEAD",
  // A file's hash, and a tag of one: the option silences commits only.
  "git show -s 0123abc",
  "git show --stat x",
  "git show --name-only HEAD x",
  "git show --stat HEAD:x",
  "git show -s HEAD^{tree}",
  "git show -s --tags",
  "git diff --check --stat",
  "git tag --format='%(raw)'",
  "git blame x",
  "git cat-file -p x",
  "git grep x",
  "grep -r x y",
  "grep --recursive x y",
  "egrep -r x y",
  "rg x",
])("%j shows contents of files that it does not name", async (line) => {
  expect(await useOf(line)).toMatchObject({ walks: true });
});

test.each([
  "git log",
  "git log --stat",
  "git log --oneline -5",
  "git diff --quiet",
  "git status",
  "git branch --list",
  ...[
    "-s",
    "--no-patch",
    "--stat",
    "--shortstat",
    "--numstat",
    "--name-only",
    "--name-status",
    "--summary",
  ].flatMap((option) => [`git diff ${option}`, `git show ${option}`, `git show ${option} HEAD~2^ @`]),
  "grep x y",
  "cat x",
  "ls -R",
  "wc -l x",
  "find . -name x",
])("%j shows contents of no file but those that it names", async (line) => {
  expect(await useOf(line)).toMatchObject({ walks: false });
});

test.each([
  ["cat a b", ["a", "b"]],
  ["cat -- -a b", ["-a", "b"]],
  ["grep x a b", ["a", "b"]],
  ["grep -e x -e y a b", ["a", "b"]],
  ["git log -L1,2:a -- b", ["b", "a"]],
  ["sed -n 1,20p a", ["a"]],
  ["head -5 a", ["a"]],
  ["printf '%s' a $b", []],
  ["echo a $b", []],
  ["find a b -name x -newer c", ["a", "b", "c"]],
  ["find . -name 'x*'", ["."]],
  ["find a -exec cat {} +", undefined],
  ["git blame a", ["a"]],
  ["git blame -l a", ["a"]],
  ["git blame -L 1,2 a", ["a", "1,2"]],
  ["git diff a b", ["a", "b"]],
  ["git show a:b:c", ["a:b:c", "b:c", "c"]],
  ["git stash list", []],
  ["cmp a b", ["a", "b"]],
  ["hexdump -n 5 -C a", ["a"]],
  ["paste -d , -s a b", ["a", "b"]],
  ["find -name x", []],
  ["find . '(' -name x -o -name y ')' -print", ["."]],
  ["find . -type f -name x -exec cat {} +", ["."]],
  ["find . -type f -exec cat {} \\;", ["."]],
  ["command -v node", []],
  ["cd a", []],
  ["git --no-pager log a", ["a"]],
  ['test -f "$x"', []],
  ["test ! -f a", []],
  ["[ a -eq b ]", []],
  ["node --version", []],
  ["git config user.name", []],
])("the files of %j are %j", async (line, files) => {
  expect((await useOf(line))?.files).toEqual(files);
});

test.each([
  "cat $x",
  "grep x $y",
  "awk '{print $1}' $x",
  "git config $x",
  "ls -5",
  "cat -5 x",
  "git log --output=x",
  "printf '%s' x*",
  "printf $x y",
  "tac -m x",
  "find $x",
  "find . -name",
  "find . -samefile",
  "find . -exec cat {}",
  "find . -type f -exec {} +",
  "find . -type f -exec find {} +",
  "find . -type f -exec cat x +",
  "find . -type f -exec cat {} {} +",
  "find . -type d -exec cat {} +",
  "find . -type f -not -name y -exec cat {} +",
  "find -type f -exec cat {} +",
  "command -v a b",
  "command -V a",
  "command -v $x",
  "cd",
  "cd -",
  "cd a b",
  "cd $x",
  "git",
  "git --no-pager",
  "node --version a",
  "test",
  "[ -f a",
  "test a = b c",
  "test -f a -a -f b",
])("what %j reads, nobody knows", async (line) => {
  expect(await useOf(line)).toBeUndefined();
});

const literal = (text: string): Word => ({ kind: "literal", text, raw: text });

test.each<[string, string, string[], [string, string?][] | undefined, string[]]>([
  ["letters together", "abc", ["-ab", "-c", "x"], [["a"], ["b"], ["c"]], ["x"]],
  ["a value in the next word", "n:", ["-n", "5", "x"], [["n", "5"]], ["x"]],
  ["a value behind its letter", "an:", ["-an5"], [["a"], ["n", "5"]], []],
  ["a value in the next word, behind other letters", "an:", ["-an", "5"], undefined, []],
  ["a value that is missing", "n:", ["-n"], undefined, []],
  ["a number", "#", ["-5", "x"], [["#"]], ["x"]],
  ["a number where none is listed", "a", ["-5"], undefined, []],
  ["a long option", "--all", ["--all", "x"], [["all"]], ["x"]],
  [
    "a long option with a value",
    "--date=",
    ["--date=iso", "--date", "raw"],
    [
      ["date", "iso"],
      ["date", "raw"],
    ],
    [],
  ],
  ["a long option without its value", "--date=", ["--date"], undefined, []],
  ["the beginning of a long option", "--date=", ["--dat=iso"], undefined, []],
  ["a letter as a long option", "a", ["--a"], undefined, []],
  ["what is not listed", "a", ["-b"], undefined, []],
  ["options behind operands", "a", ["x", "-a"], [["a"]], ["x"]],
  ["what follows --", "a", ["-a", "--", "-b", "--c"], [["a"]], ["-b", "--c"]],
  ["a dash alone", "a", ["-", "-a"], [["a"]], ["-"]],
])("arguments with %s are read as getopt reads them", (_, list, words, options, operands) => {
  const found = parseArguments(words.map(literal), list);
  const expected = options?.map(([name, value]) => ({ name, value }));
  expect(found?.options).toEqual(expected);
  expect(found?.operands.map(({ text }) => text)).toEqual(options && operands);
});
