// The Messages API on loopback: POST /v1/messages (with and without stream),
// POST /v1/messages/count_tokens, GET /v1/models and HEAD /. What it answers comes from a
// responder; what it refuses, counts and breaks on demand is decided here.
// Not covered: batches, files and every beta feature.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type Anthropic from "@anthropic-ai/sdk";
import { ApiError, invalid } from "./api-error.ts";
import { checkModel, MODELS } from "./models.ts";
import { faultError, parseFaults, type FaultKind, type Faults } from "./faults.ts";
import type { MessageRequest, Reply, Responder } from "./reply.ts";
import { inputTokens, PromptCache } from "./usage.ts";
import { checkHeaders, checkRequest } from "./validate.ts";
import { newId, toEvents, toMessage } from "./wire.ts";

const MAXIMUM_BODY_BYTES = 32 * 1024 * 1024;

export interface ServerOptions {
  respond: Responder;
  /** 0 picks a free port. */
  port?: number;
  /** The window, in tokens; a longer prompt is refused. */
  contextTokens?: number;
  /** As `parseFaults` reads them: `529x2,drop`. A window in it wins over contextTokens. */
  faults?: string;
  /** Time to the first token and between chunks, so that a stream can be watched. */
  pace?: { firstTokenMs: number; chunkMs: number };
  /** Is told of each POST, once it is known what it is answered with, and before the answer leaves. Must not throw. */
  observe?: (asked: Asked) => void;
}

/** A POST, and what it was answered with. */
export interface Asked {
  /** When it arrived, as performance.now() says it. */
  at: number;
  path: string;
  /** The body as JSON; undefined where it was none. It may be anything: what is wrong with it is refused. */
  body?: unknown;
  /** Of the body. */
  bytes: number;
  reply?: Anthropic.Message;
  error?: ApiError;
}

export class ModelServer {
  readonly url: string;
  readonly #options: ServerOptions;
  readonly #http: Server;
  readonly #cache = new PromptCache();
  #faults: Faults;

  static async start(options: ServerOptions): Promise<ModelServer> {
    const faults = parseFaultsIfAny(options.faults);
    const http = createServer();
    await new Promise<void>((resolve, reject) => {
      http.once("error", reject);
      http.listen(options.port ?? 0, "127.0.0.1", resolve);
    });
    return new ModelServer(options, http, faults);
  }

  private constructor(options: ServerOptions, http: Server, faults: Faults) {
    this.#options = options;
    this.#http = http;
    this.#faults = faults;
    const address = http.address();
    if (address === null || typeof address === "string") throw new Error("The offline model has no port.");
    this.url = `http://127.0.0.1:${address.port}`;
    http.on("request", (request, response) => void this.#handle(request, response));
  }

  /** Arms faults for the next requests, replacing those that were left. Throws on a kind it does not know. */
  setFaults(text: string): void {
    this.#faults = parseFaultsIfAny(text);
  }

  get faults(): readonly FaultKind[] {
    return this.#faults.next;
  }

  /** Lets the process end while the server listens: its client is in the same process. */
  unref(): void {
    this.#http.unref();
  }

  async close(): Promise<void> {
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = newId("req");
    response.setHeader("request-id", requestId);
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const asked: Asked = { at: performance.now(), path: pathname, bytes: 0 };
    try {
      await this.#route(request, response, asked);
    } catch (error) {
      const answer = error instanceof ApiError ? error : new ApiError(500, String(error));
      if (request.method === "POST") this.#options.observe?.({ ...asked, error: answer });
      for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
      sendJson(response, answer.status, answer.body(requestId));
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse, asked: Asked): Promise<void> {
    const pathname = asked.path;
    const route = `${request.method} ${pathname}`;
    if (route === "HEAD /" || route === "GET /") return sendJson(response, 200, { status: "ok" });
    const version = checkHeaders(request.headers);
    if (route === "GET /v1/models") return sendJson(response, 200, modelPage());
    if (request.method === "GET" && pathname.startsWith("/v1/models/")) {
      const id = decodeURIComponent(pathname.slice("/v1/models/".length));
      checkModel(id);
      return sendJson(response, 200, modelInfo(id));
    }
    if (route === "POST /v1/messages/count_tokens") {
      const body = checkRequest(await readJson(request, asked), version, true);
      return sendJson(response, 200, { input_tokens: inputTokens(body) });
    }
    if (route === "POST /v1/messages") {
      const body = checkRequest(await readJson(request, asked), version);
      return this.#answer(body, response, asked);
    }
    throw new ApiError(404, `Not found: ${route}`);
  }

  async #answer(request: MessageRequest, response: ServerResponse, asked: Asked): Promise<void> {
    const { next, window = this.#options.contextTokens ?? 200_000 } = this.#faults;
    const tokens = inputTokens(request);
    if (tokens > window) throw invalid(`prompt is too long: ${tokens} tokens > ${window} maximum`);
    const fault = next[0] === "max_tokens" ? undefined : next.shift();
    if (fault === "hang") return;
    const error = fault && faultError(fault);
    if (error) throw error;

    const full = await this.#options.respond(request);
    const message = toMessage(this.#cutOff(full), request, this.#cache.account(request));
    this.#options.observe?.({ ...asked, reply: message });
    if (request.stream) return this.#stream(message, response, fault === "drop");
    if (fault === "drop") response.destroy();
    else sendJson(response, 200, message);
  }

  /** The max_tokens fault ends a text in the middle; it stays armed while replies are tool calls. */
  #cutOff(reply: Reply): Reply {
    const [part] = reply.parts;
    const { next } = this.#faults;
    if (next[0] !== "max_tokens" || reply.parts.length !== 1 || part?.type !== "text") return reply;
    next.shift();
    return {
      parts: [{ ...part, text: part.text.slice(0, Math.ceil(part.text.length / 2)) }],
      stopReason: "max_tokens",
    };
  }

  async #stream(message: Anthropic.Message, response: ServerResponse, drop: boolean): Promise<void> {
    const { firstTokenMs, chunkMs } = this.#options.pace ?? { firstTokenMs: 0, chunkMs: 0 };
    response.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache",
    });
    response.flushHeaders();
    const events = [...toEvents(message)];
    if (firstTokenMs > 0) await delay(firstTokenMs);
    for (const event of drop ? events.slice(0, Math.ceil(events.length / 2)) : events) {
      if (response.destroyed) return;
      response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
      if (chunkMs > 0 && event.type === "content_block_delta") await delay(chunkMs);
    }
    if (!drop) return void response.end();
    // Let what was written leave first: a client must see half a reply, not none.
    await delay(20);
    response.destroy();
  }
}

function parseFaultsIfAny(text: string | undefined): Faults {
  return text ? parseFaults(text) : { next: [] };
}

/** Notes in `asked` what was read. */
async function readJson(request: IncomingMessage, asked: Asked): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    asked.bytes = size;
    if (size > MAXIMUM_BODY_BYTES) throw new ApiError(413, "Request exceeds the maximum size");
    chunks.push(chunk);
  }
  try {
    asked.body = JSON.parse(Buffer.concat(chunks).toString("utf8"), refuseLoneSurrogate) as unknown;
    return asked.body;
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw invalid("The request body is not valid JSON.");
  }
}

function refuseLoneSurrogate(_key: string, value: unknown): unknown {
  if (typeof value !== "string" || value.isWellFormed()) return value;
  throw invalid("The request body is not valid JSON: no low surrogate in string");
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

function modelInfo(id: string) {
  return { type: "model", id, display_name: `${id} (offline)`, created_at: "2026-01-01T00:00:00Z" };
}

function modelPage() {
  const data = MODELS.map(modelInfo);
  return { data, has_more: false, first_id: data.at(0)?.id ?? null, last_id: data.at(-1)?.id ?? null };
}
