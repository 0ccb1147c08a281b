// The sandbox in which lines are really run. Where the system does not let an ordinary user make one, there is none,
// and nothing is run.
import { type ChildProcessWithoutNullStreams, execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface, type Interface } from "node:readline";

/** What a line did. */
export interface Effects {
  output: string;
  /** Files that were made, changed or removed, by their absolute path in the box. */
  changed: string[];
  /** Every program that was started: its name and its arguments. */
  started: string[][];
}

const UNSHARE = [
  "--user",
  "--map-root-user",
  "--mount",
  "--pid",
  "--fork",
  "--net",
  "--ipc",
  "--uts",
  "--kill-child",
];
/** Programs that are there in the box; shell scripts among the system's programs would start others. */
const PROGRAMS =
  "[ awk basename base64 bash cat chmod cksum cmp comm cp cut date dd df diff dirname du echo env expr false file find fold git grep head hexdump id jq ln ls md5sum mkdir mv nice nl nohup od paste perl printenv printf pwd readlink realpath rev rm sed seq sh sha1sum sha256sum sleep sort stat stdbuf tac tail tar tee test timeout touch tr true truncate uname uniq wc whoami xargs xxd yes".split(
    " ",
  );

const FILES: Readonly<Record<string, string>> = {
  "project/a.txt": "alpha\nbeta\n",
  "project/b.json": '{"a": [1, 2], "b": "x"}\n',
  "project/list": "/outside/secret\0.env\0",
  "project/src/a.ts": "export const foo = 1;\n",
  "project/src/deep/b.ts": "foo\n",
  "project/.env": "TOKEN=ENVSECRET\n",
  "project/secrets/key": "KEYSECRET\n",
  "project/..env": "DOTSECRET\n",
  "project/yarn.lock": "lock\n",
  "project/-rf.txt": "dash\n",
  "project/my secret": "x\n",
  "outside/secret": "OUTSIDESECRET\n",
  "outside/deep/secret": "OUTSIDESECRET\n",
  "home/u/.ssh/id": "HOMESECRET\n",
  "etc/passwd": "root:x:0:0:PASSWDSECRET:/root:/bin/sh\n",
  "tmp/other": "OUTSIDESECRET\n",
};

/** The files that lines find; the returned folder holds `work`, `outside` and so on. */
export function makeFiles(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "course-fuzz-")));
  for (const [path, content] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const work = join(folder, "project");
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=x", "-c", "user.email=x@y", ...args], {
      cwd: work,
      stdio: "ignore",
    });
  git("init", "--initial-branch=main");
  git("add", ".");
  git("commit", "--no-verify", "-m", "first");
  // Made after the commit, so that only the shell follows them.
  symlinkSync("/outside", join(work, "src/out"));
  symlinkSync("/outside/secret", join(work, "link.txt"));
  symlinkSync("secrets", join(work, "alias"));
  return folder;
}

export class Box {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;
  readonly #root: string;

  private constructor(child: ChildProcessWithoutNullStreams, root: string) {
    this.#child = child;
    this.#root = root;
    this.#reader = createInterface({ input: child.stdout });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  /** Whether this system lets us make one. */
  static get isPossible(): boolean {
    return (
      process.platform === "linux" &&
      spawnSync("unshare", [...UNSHARE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status === 0
    );
  }

  /** `files` as makeFiles returns them. Rejects with what went wrong. */
  static async open(files: string): Promise<Box> {
    const root = mkdtempSync(join(tmpdir(), "course-box-"));
    const script = join(import.meta.dirname, "box.sh");
    const runner = join(import.meta.dirname, "box-runner.mjs");
    const args = ["sh", script, root, files, dirname(realpathSync(process.execPath)), runner, ...PROGRAMS];
    const child = spawn("unshare", [...UNSHARE, ...args], { stdio: "pipe" });
    let errors = "";
    child.stderr.on("data", (chunk) => void (errors += chunk));
    const box = new Box(child, root);
    const first = await box.#lines.next();
    if (first.done) throw new Error(`The box did not start: ${errors.trim()}`);
    return box;
  }

  async run(line: string): Promise<Effects> {
    this.#child.stdin.write(`${JSON.stringify({ line })}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`The box ended at ${JSON.stringify(line)}.`);
    return JSON.parse(value) as Effects;
  }

  close(): void {
    this.#child.stdin.end();
    this.#child.kill("SIGKILL");
    this.#reader.close();
    rmSync(this.#root, { recursive: true, force: true });
  }
}
