// A server as a child process that speaks on its standard streams, a message a line. The client's own StdioClientTransport
// does the same with one process; ours runs in a session of its own, as every command here does (s13), so that what the
// server starts itself ends with it, and with this program, however that ends.
import { setTimeout as delay } from "node:timers/promises";
import type { JSONRPCMessage, ReadBuffer, Transport } from "@modelcontextprotocol/client";
import { errorMessage, spawnShell, type ShellProcess } from "@course/runtime";
import type { ServerConfig } from "./server-config.ts";
import type { ServerLog } from "./server-log.ts";

/** How long a server may take to leave once its input is closed, before it gets a signal. */
const LEAVE_MS = 500;

/** What is needed of the client package. */
type Protocol = Pick<typeof import("@modelcontextprotocol/client"), "ReadBuffer" | "serializeMessage">;
type Stdio = Extract<ServerConfig["transport"], { type: "stdio" }>;

export class ProcessTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  /** By these two the client knows that this is no HTTP: a server may then pass over its first question, or answer late. */
  readonly stderr = null;
  readonly pid = null;
  readonly #config: Stdio;
  readonly #root: string;
  readonly #log: ServerLog;
  readonly #protocol: Protocol;
  readonly #buffer: ReadBuffer;
  #process: ShellProcess | undefined;
  /** Why the process ended, once it has. */
  ending: string | undefined;

  constructor(protocol: Protocol, config: Stdio, root: string, log: ServerLog) {
    this.#protocol = protocol;
    this.#buffer = new protocol.ReadBuffer();
    this.#config = config;
    this.#root = root;
    this.#log = log;
  }

  async start(): Promise<void> {
    const { command, args, env, cwd } = this.#config;
    const child = spawnShell(`exec ${[command, ...args].map(quoted).join(" ")}`, {
      cwd,
      // The user's environment less the model's key comes with every command of ours.
      env: { CLAUDE_PROJECT_DIR: this.#root, ...env },
      openInput: true,
      separateErrors: true,
      // A server runs until it is stopped.
      timeoutMs: Infinity,
    });
    this.#process = child;
    child.output.on("data", (chunk: Buffer) => this.#read(chunk));
    child.errors?.on("data", (chunk: Buffer) => this.#log.write(chunk));
    child.input?.on("error", (error) => this.onerror?.(error));
    void child.ended.then(({ exitCode, signal, error }) => {
      this.ending = error ?? (signal ? `ended by ${signal}` : `exit code ${exitCode}`);
      this.onclose?.();
    });
  }

  async send(message: JSONRPCMessage): Promise<void> {
    const input = this.#process?.input;
    if (!input?.writable) throw new Error("the server does not read any more");
    await new Promise<void>((resolve, reject) =>
      input.write(this.#protocol.serializeMessage(message), (error) => (error ? reject(error) : resolve())),
    );
  }

  /** A server leaves when its input is closed; one that does not is ended. */
  async close(): Promise<void> {
    const child = this.#process;
    if (!child) return;
    child.input?.end();
    await Promise.race([child.ended, delay(LEAVE_MS, undefined, { ref: false })]);
    child.kill();
    await child.ended;
  }

  #read(chunk: Buffer): void {
    try {
      this.#buffer.append(chunk);
    } catch (error) {
      this.#log.write(`[${errorMessage(error)}: the server is ended]\n`);
      void this.close();
      return;
    }
    for (;;) {
      try {
        // Lines that are no JSON are passed over: servers print banners where they should not.
        const message = this.#buffer.readMessage();
        if (message === null) return;
        this.onmessage?.(message);
      } catch {
        this.#log.write("[a line of JSON on its output that is no message of the protocol]\n");
      }
    }
  }
}

const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;
