// One server: connected, listed, called, and started again once if it crashes. Whatever it does (never answers, prints
// garbage, dies in the middle of a call), it costs nobody else: `start` never rejects, and each call has one outcome.
// Not covered: what a server may ask of its client besides the workspace's place (sampling, elicitation), and OAuth.
import { pathToFileURL } from "node:url";
import type { CallToolResult, Client } from "@modelcontextprotocol/client";
import { errorMessage, rootCause, ToolError } from "@course/runtime";
import { onOneLine } from "./foreign-lines.ts";
import { listOffers, NOTHING, type Offers } from "./offers.ts";
import { openClient, type OpenClient } from "./open-client.ts";
import type { ServerConfig } from "./server-config.ts";
import { ServerLog } from "./server-log.ts";
import { serverSlug } from "./tool-names.ts";

export type ServerState = "connecting" | "ready" | "failed" | "stopped";

export interface Surroundings {
  /** The workspace. */
  root: string;
  /** For the handshake and the lists. */
  connectMs: number;
  /** For one call; each sign of progress begins it anew. */
  callMs: number;
  /** What the server offers, or its state, has changed. `notice` is for the user. */
  onChange(notice?: string): void;
}

export interface CallOptions {
  signal: AbortSignal;
  onProgress(progress: { progress: number; total?: number | undefined; message?: string | undefined }): void;
}

export class ServerConnection {
  readonly config: ServerConfig;
  readonly log: ServerLog;
  state: ServerState = "connecting";
  /** Why it failed. */
  problem: string | undefined;
  /** What it offered last: a tool that was loaded answers, too, when its server is gone. */
  offers: Offers = NOTHING;
  readonly #surroundings: Surroundings;
  #open: OpenClient | undefined;
  #started: Promise<void> = Promise.resolve();
  #hasRestarted = false;
  #refreshes = 0;

  constructor(config: ServerConfig, surroundings: Surroundings) {
    this.config = config;
    this.#surroundings = surroundings;
    this.log = new ServerLog(surroundings.root, serverSlug(config.name));
  }

  /** Resolves when the server is ready, or has failed. Never rejects. */
  start(): Promise<void> {
    this.state = "connecting";
    this.#started = this.#connect().then(
      () => this.#settle("ready"),
      (error: unknown) => this.#fail(`it did not connect: ${this.#reason(error)}`),
    );
    return this.#started;
  }

  /** Calls a tool by the server's own name for it. Throws ToolError where there is no answer. */
  async call(name: string, input: unknown, { signal, onProgress }: CallOptions): Promise<CallToolResult> {
    await Promise.race([this.#started, aborted(signal)]);
    try {
      return await this.#ready.callTool(
        { name, arguments: (input ?? {}) as Record<string, unknown> },
        {
          signal,
          timeout: this.config.timeoutMs ?? this.#surroundings.callMs,
          resetTimeoutOnProgress: true,
          onprogress: onProgress,
        },
      );
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ToolError) throw error;
      throw new ToolError(
        `The MCP server ${this.config.name} gave no result for ${name}: ${this.#reason(error)}`,
      );
    }
  }

  /** For what is no tool: a prompt, or a resource. Throws ToolError where there is no answer. */
  async ask<T>(question: (client: Client) => Promise<T>): Promise<T> {
    await this.#started;
    return question(this.#ready).catch((error: unknown) => {
      throw new ToolError(`The MCP server ${this.config.name}: ${this.#reason(error)}`);
    });
  }

  /** Resolves when nothing of it runs any more. */
  async stop(): Promise<void> {
    this.state = "stopped";
    await this.#open?.end();
    this.log.close();
  }

  /** Whether its tools can be called, now or as soon as it has started again. */
  get isUp(): boolean {
    return this.state === "ready" || (this.state === "connecting" && this.offers !== NOTHING);
  }

  get #ready(): Client {
    if (this.state === "ready" && this.#open) return this.#open.client;
    const why = this.problem ?? "it is not connected";
    throw new ToolError(
      `The MCP server ${this.config.name} cannot be called: ${why}. Do without it, or ask the user to look at /mcp.`,
    );
  }

  async #connect(): Promise<void> {
    const { root, connectMs } = this.#surroundings;
    this.#open = await openClient(this.config, root, this.log, () => void this.#refresh());
    const { client, transport } = this.#open;
    // stop() may have come while the package was loaded.
    if (this.state === "stopped") return;
    client.setRequestHandler("roots/list", () => ({
      roots: [{ uri: pathToFileURL(root).href, name: "workspace" }],
    }));
    const limit = AbortSignal.timeout(connectMs);
    const late = aborted(limit).then(() =>
      Promise.reject(new Error(`no answer within ${connectMs / 1000} s`)),
    );
    await Promise.race([client.connect(transport, { timeout: connectMs, signal: limit }), late]);
    client.onclose = () => this.#crashed(client);
    this.offers = await Promise.race([listOffers(client, connectMs), late]);
  }

  /** Of two that overlap, the one that asked last counts. */
  async #refresh(): Promise<void> {
    await this.#started;
    if (this.state !== "ready") return;
    const turn = (this.#refreshes += 1);
    try {
      const offers = await listOffers(this.#ready, this.#surroundings.connectMs);
      if (turn !== this.#refreshes) return;
      this.offers = offers;
      this.#surroundings.onChange();
    } catch (error) {
      this.log.write(`[its lists have changed and could not be read: ${errorMessage(error)}]\n`);
    }
  }

  /** The connection has ended, and nobody here has ended it. */
  #crashed(client: Client): void {
    if (client !== this.#open?.client || this.state !== "ready") return;
    const reason = this.#reason(new Error("it closed the connection"));
    if (this.#hasRestarted)
      return void this.#fail(`it ended again (${reason}), and is not started a third time`);
    this.#hasRestarted = true;
    this.#surroundings.onChange(
      `MCP server ${this.config.name} ended (${onOneLine(reason)}). It is started again, once.`,
    );
    void this.start();
  }

  #settle(state: ServerState): void {
    if (this.state === "connecting") this.state = state;
    this.#surroundings.onChange();
  }

  async #fail(problem: string): Promise<void> {
    if (this.state === "stopped") return;
    this.state = "failed";
    this.problem = problem;
    await this.#open?.end();
    this.#surroundings.onChange(`MCP server ${this.config.name}: ${onOneLine(problem)}${this.#logHint()}`);
  }

  /** What the process says of its end says more than what the protocol makes of it. */
  #reason(error: unknown): string {
    const ending = this.#open?.transport.ending;
    const last = this.log.lastLine;
    return ending === undefined ? withCause(error) : `${ending}${last === "" ? "" : `: ${last}`}`;
  }

  #logHint(): string {
    return this.log.lastLine === "" ? "" : `\nWhat it wrote is in ${this.log.name}.`;
  }
}

function withCause(error: unknown): string {
  const message = errorMessage(error);
  const why = error instanceof Error ? rootCause(error) : message;
  return message.includes(why) ? message : `${message} (${why})`;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
