// The files under .claude that a hook's command names, with what they hold now. Where the name is no file, as in
// `cd .claude/hooks`, `.claude/hooks/*.sh` or `node .claude/hooks/it`, it stands for all files of the folder.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { checkPlain } from "@course/runtime";
import { escaped } from "@course/s07-permissions";
import type { Hook } from "./hook.ts";

/** A word of a shell's line, with its quotes. */
const QUOTED_WORD = /(?:"[^"]*"|'[^']*'|\\.|[^\s;&|()<>"'\\])+/g;
/** As far as it is written: behind it may stand a pattern or a variable. What is in the home is the user's. */
const WRITTEN_PATH = /(?<![\w.-]|~\/|\$\{?HOME\}?"?\/)\.claude(?![\w-])(?:\/[\w.@+-]+)*/g;
/** These are asked about for themselves, and change when a permission is kept. */
const SETTINGS = [".claude/settings.json", ".claude/settings.local.json"];

/** A line for each file or folder. */
export function scriptsOf({ command, args = [] }: Hook, root: string): string[] {
  const texts = [command, ...args].map((text) =>
    text.replaceAll(/\$\{?CLAUDE_PROJECT_DIR\}?/g, ".").replaceAll(`${root}/`, "./"),
  );
  const nameOf = (word: string) => relative(root, resolve(root, word.replaceAll(/["'\\]/g, "")));
  // What is quoted may be a name with blanks, or a command of several words.
  const words = texts.flatMap((text) => text.split(/[\s;&|()<>"']+/).map(nameOf));
  const quoted = [...texts, ...texts.flatMap((text) => text.match(QUOTED_WORD) ?? [])].map(nameOf);
  const named = [...words, ...quoted.filter((name) => existsSync(join(root, name)))];
  const files = new Set(named.filter((name) => name.startsWith(".claude/") && !isFolder(root, name)));
  const folders = new Set<string>();
  for (const path of texts.flatMap((text) => text.match(WRITTEN_PATH) ?? [])) {
    if (isFolder(root, path)) folders.add(path);
    else if (existsSync(join(root, path))) files.add(path);
    else if (![...files].some((name) => name.startsWith(`${path} `))) folders.add(folderAt(root, path));
  }
  return [
    ...[...files].map((name) => {
      const hash = hashOf(root, name);
      return `  ${escaped(name)} ${hash === undefined ? "cannot be read" : `as it is now (${hash})`}`;
    }),
    ...[...folders].map(
      (name) => `  all files in ${escaped(name)} as they are now (${hashOfAll(root, name)})`,
    ),
  ];
}

function isFolder(root: string, name: string): boolean {
  try {
    return statSync(join(root, name)).isDirectory();
  } catch {
    return false;
  }
}

/** The folder itself, or the nearest above that is there. */
function folderAt(root: string, path: string): string {
  return path === ".claude" || isFolder(root, path) ? path : folderAt(root, dirname(path));
}

function hashOf(root: string, name: string): string | undefined {
  try {
    checkPlain(statSync(join(root, name)));
    return sha256(readFileSync(join(root, name)));
  } catch {
    return undefined;
  }
}

/** Links to folders are not followed. */
function hashOfAll(root: string, folder: string): string {
  const hashes: string[] = [];
  for (const folders = [folder]; folders.length > 0;) {
    const next = folders.pop() ?? "";
    for (const entry of entriesOf(join(root, next))) {
      const name = `${next}/${entry.name}`;
      if (entry.isDirectory()) folders.push(name);
      else if (!SETTINGS.includes(name)) hashes.push(`${name}\n${hashOf(root, name)}`);
    }
  }
  return sha256(hashes.sort().join("\n"));
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

const sha256 = (data: string | Buffer) => createHash("sha256").update(data).digest("hex").slice(0, 32);
