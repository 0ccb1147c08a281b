// The program around a session: it starts the extensions, and however it ends, stops them.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import type { Agent } from "../extension.ts";
import type { Session } from "../conversation/session.ts";
import { successorEnvironment, typedArguments } from "../processes/predecessors.ts";
import type { Host } from "./host.ts";
import { placeIn, type Mine } from "./mine.ts";
import { screenOn } from "./style.ts";

/** Longer than the two seconds after which a stubborn process group is killed. */
const STOP_MS = 4_000;

interface ProgramOptions {
  /** What of the agent the learner wrote: where that throws, the program goes on. */
  mine?: Mine | undefined;
  /** What must be shown nowhere. */
  secrets?: readonly string[];
  host?: Host;
}

export class Program {
  readonly agent: Agent;
  readonly session: Session;
  readonly mine: Mine | undefined;
  readonly secrets: readonly string[];
  readonly host: Host;
  #isUnread = false;
  #leaving = false;

  constructor(agent: Agent, session: Session, { mine, secrets = [], host = process }: ProgramOptions = {}) {
    this.agent = agent;
    this.session = session;
    this.mine = mine;
    this.secrets = secrets;
    this.host = host;
  }

  /** Starts the extensions and listens for signals. Rejects with what an extension throws. */
  async start(): Promise<void> {
    const { host } = this;
    host.on("SIGTERM", () => void this.leave(143));
    host.on("SIGHUP", () => void this.leave(129));
    host.on("SIGQUIT", () => void this.leave(131));
    // A pipe that was closed, or a terminal that is gone: nobody reads on.
    for (const stream of [host.stdout, host.stderr])
      stream.on("error", () => {
        this.#isUnread = true;
        void this.leave(1);
      });
    const fail = (error: unknown) => {
      if (this.#leaving) return;
      const { message, stack } = error instanceof Error ? error : new Error(String(error));
      if (this.mine && placeIn(stack) !== undefined)
        return this.session.emit({ type: "error", message, stack });
      try {
        this.session.emit({ type: "error", message, stack });
      } catch {
        // What failed may be a listener; the line below says it all the same.
      }
      const screen = screenOn(host.stderr);
      screen.line(`\nInternal error: ${message}`);
      screen.line("This is a fault of the course, not yours. --trace writes the details.");
      void this.leave(1);
    };
    host.on("uncaughtException", fail);
    host.on("unhandledRejection", fail);
    for (const extension of this.agent.extensions) await extension.start?.(this.session, this.agent);
  }

  /** Stops everything and ends the process, with 1 where not all could be written. Only the first call counts. */
  async leave(code: number): Promise<void> {
    if (!(await this.#stop())) return;
    // That the last words could not be written is told a moment later.
    await new Promise((resolve) => setImmediate(resolve));
    this.host.exit(this.#isUnread ? 1 : code);
  }

  /** Stops everything, and starts the program with these arguments added in the same terminal, which it must have been given. */
  async restart(added: readonly string[]): Promise<void> {
    if (!(await this.#stop())) return;
    process.stdin.pause();
    const command = [...process.execArgv, process.argv[1] ?? "", ...typedArguments(), ...added];
    const next = spawn(process.execPath, command, {
      stdio: "inherit",
      env: { ...process.env, ...successorEnvironment() },
    });
    // The terminal sends Ctrl-C to both; what to do about it is for the next one to say.
    process.removeAllListeners("SIGINT").on("SIGINT", () => {});
    for (const signal of ["SIGTERM", "SIGHUP", "SIGQUIT"] as const)
      process.removeAllListeners(signal).on(signal, () => void next.kill(signal));
    next.once("exit", (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  }

  /** False if it is stopped already. */
  async #stop(): Promise<boolean> {
    if (this.#leaving) return false;
    this.#leaving = true;
    this.session.close();
    const stopped = Promise.allSettled(this.agent.extensions.map(async (extension) => extension.stop?.()));
    await Promise.race([stopped, new Promise((resolve) => setTimeout(resolve, STOP_MS))]);
    await this.session.model.close();
    return true;
  }
}
