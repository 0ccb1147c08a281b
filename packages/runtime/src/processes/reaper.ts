// No command outlives the program, however the program ends. Node has no daemon threads, and
// after a SIGKILL no exit handler runs. So one small shell waits at the end of a pipe: when the
// program is gone the pipe closes, and the shell kills the commands that it was told of.
// Not covered: a command that starts a session of its own (setsid) is not found again; and commands
// outlive a program that is killed in the same moment as this shell.
import { spawn } from "node:child_process";
import type { Writable } from "node:stream";
import { END_SESSION } from "./end-session.ts";
import { PIPE_FOLDER } from "./output-pipe.ts";

const SCRIPT = `
groups=' '
while read -r sign group; do
  case $sign in
    +) groups="$groups$group " ;;
    -) case $groups in *" $group "*) groups="\${groups%% $group *} \${groups#* $group }" ;; esac ;;
  esac
done
for group in $groups; do end_session "$group"; done
rm -rf -- "$1"
`;

class Reaper {
  #pipe: Writable | undefined;
  readonly #sessions = new Set<number>();

  /** Starts the shell unless it runs. Throws where that fails: then no command should start either. */
  start(): void {
    this.#pipe ??= this.#startShell();
  }

  /** From now on, this session dies with the program. */
  add(session: number): void {
    this.#sessions.add(session);
    this.#pipe?.write(`+ ${session}\n`);
  }

  /** The session has ended; its number may be given to others. */
  remove(session: number): void {
    this.#sessions.delete(session);
    this.#pipe?.write(`- ${session}\n`);
  }

  holds(session: number): boolean {
    return this.#sessions.has(session);
  }

  #startShell(): Writable {
    const args = ["-c", END_SESSION + SCRIPT, "reaper", PIPE_FOLDER];
    // Its own session, so that a Ctrl-C or a closing terminal does not end it before its work.
    const shell = spawn("/bin/sh", args, { detached: true, stdio: ["pipe", "ignore", "ignore"] });
    shell.on("error", () => {});
    if (shell.pid === undefined)
      throw new Error(
        "the shell that would end it with the program could not be started: no process or file descriptor is left",
      );
    shell.once("exit", (_, signal) => {
      this.#pipe = undefined;
      if (signal !== null) this.#startAgain();
    });
    shell.unref();
    const pipe = shell.stdin;
    pipe.on("error", () => {});
    if ("unref" in pipe && typeof pipe.unref === "function") pipe.unref();
    for (const session of this.#sessions) pipe.write(`+ ${session}\n`);
    return pipe;
  }

  /** Somebody killed it, or the system did for want of memory; the commands that run are told to the next one. */
  #startAgain(): void {
    try {
      this.start();
    } catch {
      // The next command tries again.
    }
  }
}

/** One for the whole program: it holds sessions, not tasks. */
export const reaper = new Reaper();
