// What a glob may stand for, by the files that are there.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readOnlyUse, readShell, withNames } from "@course/shell-safety";
import { expect, onTestFinished, test } from "vitest";

function folderWith(names: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "course-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const name of names) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), "");
  }
  return folder;
}

/** The names of the first glob of a line; undefined where they are not known. */
async function namesOf(line: string, ...folders: string[]): Promise<readonly string[] | undefined> {
  const [command] = (await readShell(line)).commands;
  const found = command && withNames(command, folders).words.find(({ kind }) => kind === "glob");
  return found?.names?.toSorted();
}

const FILES = ["a.ts", "b.ts", "c.js", ".hidden.ts", "src/a.ts", "src/deep/b.ts", "lib/a.ts", "x+y.ts"];

test.each([
  ["*.ts", ["*.ts", "a.ts", "b.ts", "x+y.ts"]],
  ["?.ts", ["?.ts", "a.ts", "b.ts"]],
  ["src/*.ts", ["src/*.ts", "src/a.ts"]],
  ["*/a.ts", ["*/a.ts", "a.ts/a.ts", "b.ts/a.ts", "c.js/a.ts", "lib/a.ts", "src/a.ts", "x+y.ts/a.ts"]],
  ["src/*/b.ts", ["src/*/b.ts", "src/a.ts/b.ts", "src/deep/b.ts"]],
  ["x+*", ["x+*", "x+y.ts"]],
  ["z*", ["z*"]],
])("%j may be %j, and itself", async (glob, names) => {
  expect(await namesOf(`ls ${glob}`, folderWith(FILES))).toEqual(names);
});

test("an absolute glob is looked for where it says, and several folders all count", async () => {
  const [one, other] = [folderWith(["a.ts"]), folderWith(["b.ts"])];
  expect(await namesOf(`ls ${one}/*.ts`, other)).toEqual([`${one}/*.ts`, `${one}/a.ts`]);
  expect(await namesOf("ls *.ts", one, other)).toEqual(["*.ts", "a.ts", "b.ts"]);
});

test("nothing is known of a glob that may be the folder above, or of more than a hundred names", async () => {
  const names = Array.from({ length: 100 }, (_, index) => `n${index}`);
  expect(await namesOf("ls .*", folderWith(FILES))).toBeUndefined();
  expect(await namesOf("ls n*", folderWith(names))).toHaveLength(101);
  expect(await namesOf("ls n*", folderWith([...names, "n100"]))).toBeUndefined();
});

/** The folders that a command which only prints has read because of its globs, as of this folder. */
async function foldersOf(line: string, folder: string): Promise<readonly string[] | undefined> {
  const [command] = (await readShell(line)).commands;
  return command && readOnlyUse(withNames(command, [folder]))?.files.toSorted();
}

test.each([
  ["echo *.ts", []],
  ["echo .*", []],
  ['echo "/etc/*" a', []],
  ["echo src/*.ts", ["src/"]],
  ["printf '%s' ../*", ["../"]],
  ["basename -a ~/.ssh/*", ["~/.ssh/"]],
  ["which /etc/*.no", ["/etc/"]],
  ["git reflog show /etc/*.no", ["/etc/"]],
  ["xargs echo /etc/*.no", undefined],
  // What it finds may be a link, or the folder above.
  ["echo s*/*.ts", ["s*/", "src/"]],
  ["echo .*/*", undefined],
  ["echo $HOME/*", undefined],
  ["echo {/etc,/}*", undefined],
  ["echo ~root/*", undefined],
  ['echo "$HOME *"', []],
])("to run %j, bash reads the folders %j", async (line, folders) => {
  const folder = folderWith(FILES.map((name) => `inner/${name}`));
  expect(await foldersOf(line, join(folder, "inner"))).toEqual(folders);
});

test("where a glob has too many names, its own folder is known, but not one that it finds", async () => {
  const folder = folderWith(Array.from({ length: 101 }, (_, index) => `n${index}/a`));
  expect(await foldersOf("echo n*", folder)).toEqual([]);
  expect(await foldersOf("echo ../n*", folder)).toEqual(["../"]);
  expect(await foldersOf("echo n*/a", folder)).toBeUndefined();
});
