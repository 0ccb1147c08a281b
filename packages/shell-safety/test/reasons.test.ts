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

test("after the first line, which loads the grammar, fifty others take less than a second", async () => {
  await readShell("a");
  const start = process.cpuUsage();
  for (let line = 0; line < 50; line++) await readShell(`a ${line}`);
  expect(process.cpuUsage(start).user / 1_000, "milliseconds of the processor").toBeLessThan(1_000);
});
