import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GIT_READERS, READERS, readOnlyUse, readShell, unfold, withNames } from "@course/shell-safety";
import { afterAll, beforeAll, expect, test } from "vitest";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "course-"));
  for (const name of ["a.json", "b.json", "-rf.txt"]) writeFileSync(join(folder, name), "");
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What a policy without rules asks: that every command only reads files of this folder. */
async function passes(line: string): Promise<boolean> {
  const { commands, reads, writes, unclear } = await readShell(line);
  const doubts = [...unclear];
  const uses = commands
    .map((command) => withNames(command, [folder]))
    .flatMap((command) => unfold(command, doubts))
    .filter(({ isWrapper }) => !isWrapper)
    .map(readOnlyUse);
  const files = [...reads.map(({ text }) => text), ...uses.flatMap((use) => use?.files ?? [])];
  return (
    doubts.length === 0 &&
    writes.length === 0 &&
    uses.every((use) => use !== undefined) &&
    files.every((path) => !/^[/~]|(^|\/)\.\.(\/|$)/.test(path))
  );
}

const ROWS = [...Object.entries(READERS), ...Object.entries(GIT_READERS)];

test.each(ROWS)("what the row of %s says must be asked does not pass", async (_name, { asked }) => {
  expect(asked.length).toBeGreaterThan(0);
  for (const line of asked) expect(await passes(line), line).toBe(false);
});

test.each([
  "ls -la src | head -5",
  "ls *.json",
  "grep -rn 'a b' src",
  "grep -e x -e y a b",
  "cut -d, -f1 x",
  "sort -t: -k2 x",
  "sed -n 1,20p x",
  "sed 's/a/b/g' x",
  "awk -F: '{print $1, $NF}' x",
  "jq '.a | length' package.json",
  "find . -name '*.ts' -type f -exec grep -l foo {} +",
  "find . -name *.yml",
  "git log --oneline -5 -- src",
  "git diff HEAD~1 --stat",
  "git config user.name",
  "git show stash@{0}",
  "git branch --merged main",
  "printf '%s: %5.2f%%\\n' a 1",
  "test -f x && echo yes || echo no",
  '[ "$HOME" = /root ]',
  "if [ -d src ]; then ls src; else pwd; fi",
  "ls -- -rf.txt",
  "node --version",
  "echo $((1 + 2)) ${HOME} $?",
  "basename $(pwd)",
  "cat <<EOF | wc -l\nhi $USER\nEOF",
  "timeout 5 ls",
  "xargs -0 -n1 echo < x",
])("%j only reads", async (line) => {
  expect(await passes(line)).toBe(true);
});

test.each([
  "ls *",
  "cat *.txt",
  "find . -exec cat {} +",
  "find . -type l -exec cat {} +",
  "find . -type f -o -exec cat {} +",
  "find . -type f -exec touch {} +",
  "find . -type f -exec find {} -delete +",
  "xargs cat < x",
  "xxd -ps /etc/passwd",
  "xxd -pc /etc/passwd",
  "git -C / status",
  "bash --version",
  "cargo --version",
  "./node --version",
  "node --version x",
  "cmp x y 5",
  "[ -v x ]",
  "test -R x",
  "[ $x = y ]",
  "test -o x",
  "toString x",
  "git toString",
])("%j may do more than read", async (line) => {
  expect(await passes(line)).toBe(false);
});
