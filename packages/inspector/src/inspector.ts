// The server of the inspector: the page, and the events as they happen. It listens on 127.0.0.1, serves only who knows
// the token in its address, and changes nothing. While nobody looks, an event costs a push to a list.
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { StampedEvent } from "@course/runtime";
import { redactor } from "@course/runtime/terminal";
import type { Page } from "./page.ts";

/** Events are sent together that happen within this time, so that a stream of words is no stream of packets. */
const BATCH_MS = 20;

/** How long the end of the program waits for it. */
const LAST_WORD_MS = 300;

const HEADERS = {
  "content-security-policy":
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cache-control": "no-store",
};

export interface InspectorOptions {
  readonly page: Page;
  /** What is shown, as "s13", and the model that answers. */
  readonly name: string;
  readonly model: string;
  /** Whether more is to come; a saved trace is whole. */
  readonly isLive: boolean;
  /** What must not be shown, as the key: it is replaced wherever it stands. */
  readonly secrets?: readonly string[];
}

export class Inspector {
  readonly #options: InspectorOptions;
  readonly #redact: (json: string) => string;
  readonly #token = randomBytes(16).toString("hex");
  readonly #events: StampedEvent[] = [];
  /** Who looks, and how many of the events were sent to each. */
  readonly #watchers = new Map<ServerResponse, number>();
  readonly #server: Server;
  #willSend = false;
  #port = 0;

  private constructor(options: InspectorOptions) {
    this.#options = options;
    this.#redact = redactor(options.secrets ?? []);
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  /** Rejects where no port can be had. */
  static async open(options: InspectorOptions): Promise<Inspector> {
    const inspector = new Inspector(options);
    const server = inspector.#server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(0, "127.0.0.1", resolve);
    });
    const address = server.address();
    if (address !== null && typeof address === "object") inspector.#port = address.port;
    // The program ends when its work does, whoever looks.
    server.unref();
    server.on("connection", (socket) => socket.unref());
    return inspector;
  }

  /** Where a browser finds it. Whoever knows it can read the session. */
  get address(): string {
    return `http://127.0.0.1:${this.#port}/${this.#token}/`;
  }

  add(event: StampedEvent): void {
    this.#events.push(event);
    if (this.#watchers.size === 0 || this.#willSend) return;
    this.#willSend = true;
    setTimeout(() => this.#send(), BATCH_MS).unref();
  }

  /** Tells whoever looks what they have not seen yet, and that the program ends. Resolves when that is on its way. */
  async close(): Promise<void> {
    for (const response of this.#watchers.keys()) this.#sendRest(response);
    this.#server.close();
    const told = [...this.#watchers.keys()].map(
      (response) => new Promise<void>((resolve) => response.end("event: end\ndata: 1\n\n", resolve)),
    );
    this.#watchers.clear();
    let timer: ReturnType<typeof setTimeout> | undefined;
    // Who does not read holds nobody up.
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, LAST_WORD_MS)));
    await Promise.race([Promise.all(told), late]);
    clearTimeout(timer);
    this.#server.closeAllConnections();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    // A page from elsewhere whose name was made to lead here has that name in its requests.
    const hosts = [`127.0.0.1:${this.#port}`, `localhost:${this.#port}`];
    const [, token = "", path] = /^\/([^/?]*)(?:\/([^?]*))?/.exec(request.url ?? "") ?? [];
    if (!hosts.includes(request.headers.host ?? "") || !isSame(token, this.#token) || path === undefined)
      return refuse(response, 403, "Forbidden. Open the address that the program has printed.");
    if (request.method !== "GET") return refuse(response, 405, "Read only.");
    if (path === "events") return this.#watch(response);
    const file = this.#options.page.get(path);
    if (!file) return refuse(response, 404, "There is no such file.");
    response.writeHead(200, { "content-type": file.type, "content-length": file.body.length }).end(file.body);
  }

  #watch(response: ServerResponse): void {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const { name, model, isLive } = this.#options;
    response.write(`event: about\ndata: ${JSON.stringify({ name, model, isLive })}\n\n`);
    response.on("close", () => this.#watchers.delete(response));
    response.on("drain", () => this.#sendRest(response));
    this.#watchers.set(response, 0);
    this.#sendRest(response);
  }

  #send(): void {
    this.#willSend = false;
    // Who has not read the last of it gets the rest after that: a browser that was stopped must not fill the memory.
    for (const response of this.#watchers.keys()) if (!response.writableNeedDrain) this.#sendRest(response);
  }

  #sendRest(response: ServerResponse): void {
    const sent = this.#watchers.get(response);
    // It has heard of the end.
    if (sent === undefined) return;
    const lines = this.#events.slice(sent).map((event) => this.#redact(JSON.stringify(event)));
    this.#watchers.set(response, this.#events.length);
    if (lines.length > 0) response.write(`event: events\ndata: [${lines.join(",")}]\n\n`);
  }
}

/** Takes as long for any wrong token. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${message}\n`);
}
