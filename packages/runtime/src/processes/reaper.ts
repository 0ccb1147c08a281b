// No command outlives the program, however the program ends. Node has no daemon threads, and
// after a SIGKILL no exit handler runs. So one small shell waits at the end of a pipe: when the
// program is gone the pipe closes, and the shell kills the commands that it was told of.
// Not covered: a command that starts a session of its own (setsid) is not found again; and without
// pkill, neither is one in a process group of its own, as `timeout` makes.
import { spawn } from "node:child_process";
import type { Writable } from "node:stream";

const SCRIPT = `
groups=' '
while read -r sign group; do
  case $sign in
    +) groups="$groups$group " ;;
    -) case $groups in *" $group "*) groups="\${groups%% $group *} \${groups#* $group }" ;; esac ;;
  esac
done
for group in $groups; do
  pkill -KILL -s "$group"
  kill -s KILL -- "-$group"
done
`;

class Reaper {
  #pipe: Writable | undefined;

  /** From now on, this process group dies with the program. */
  add(group: number): void {
    this.#pipe ??= startShell();
    this.#pipe.write(`+ ${group}\n`);
  }

  /** The group has ended; its number may be given to others. */
  remove(group: number): void {
    this.#pipe?.write(`- ${group}\n`);
  }
}

function startShell(): Writable {
  // Its own session, so that a Ctrl-C or a closing terminal does not end it before its work.
  const shell = spawn("/bin/sh", ["-c", SCRIPT], { detached: true, stdio: ["pipe", "ignore", "ignore"] });
  shell.on("error", () => {});
  shell.stdin.on("error", () => {});
  shell.unref();
  if ("unref" in shell.stdin && typeof shell.stdin.unref === "function") shell.stdin.unref();
  return shell.stdin;
}

/** One for the whole program: it holds process groups, not tasks. */
export const reaper = new Reaper();
