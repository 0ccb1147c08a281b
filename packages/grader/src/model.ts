// The model of one run: the strict offline model, which answers by a script and keeps what it was asked.
// Memory stays bounded: a program that asks too often, or sends too much, is ended.
import type Anthropic from "@anthropic-ai/sdk";
import {
  ApiError,
  ModelServer,
  say,
  type Asked,
  type MessageRequest,
  type Part,
  type Reply,
} from "@course/offline-model/test";
import { NotOffered, Offered, type Need } from "./tools.ts";

const MOST_BYTES = 100 * 1024 * 1024;
const MESSAGES = "/v1/messages";
/** What is said where the script is over. */
export const NOTHING_MORE = "There is nothing more to do.";

/** Thrown by a script: the server answers with it. */
export function refuse(status: 401 | 429 | 500 | 529, message: string, headers = {}): never {
  throw new ApiError(status, message, headers);
}

/** One request, as a script sees it. */
export interface Moment {
  request: MessageRequest;
  tools: Offered;
  /** Where the program works. */
  folder: string;
  /** Keeps a word of the script for whoever judges. */
  note(text: string): void;
  /** The next request loses its connection in the middle of the reply. */
  dropNext(): void;
  /** Presses Ctrl-C, once the reply has had time to arrive. */
  interrupt(): void;
}

export type Step = (moment: Moment) => Part | Part[] | Reply;
/** Answers every request of a run; "over" where the script has ended. Throws NotOffered where a tool is missing. */
export type Script = (moment: Moment) => ReturnType<Step> | "over";

/** One step a request. A step that throws NotOffered is asked again: the program may have asked on the side. */
export function inOrder(...steps: readonly Step[]): () => Script {
  return () => {
    let next = 0;
    return (moment) => {
      const step = steps[next];
      if (!step) return "over";
      try {
        next += 1;
        return step(moment);
      } catch (error) {
        if (error instanceof NotOffered) next -= 1;
        throw error;
      }
    };
  };
}

export interface Exchange {
  at: number;
  /** The request's body, whatever it is. */
  body: unknown;
  /** What the model answered. */
  reply?: Anthropic.Message;
  /** What the API refused the request with, or the script failed it with. */
  error?: { status: number; message: string; isScripted: boolean };
}

export interface ModelOptions {
  script: Script;
  folder: string;
  contextTokens?: number | undefined;
  faults?: string | undefined;
  mostRequests: number;
  interrupt(): void;
  /** The program asks too often, or sends too much. */
  onTooMuch(): void;
}

export class Model {
  readonly exchanges: Exchange[] = [];
  readonly notes: string[] = [];
  /** POSTs to other paths, and why they were refused. */
  readonly strays: string[] = [];
  /** A tool that the script needed, and no request offered. */
  missing: Need | undefined;
  /** Requests after the script's end. */
  after = 0;
  #requests = 0;
  #bytes = 0;
  #server: ModelServer | undefined;
  readonly #scripted = new WeakSet<ApiError>();
  readonly #options: ModelOptions;

  private constructor(options: ModelOptions) {
    this.#options = options;
  }

  static async start(options: ModelOptions): Promise<Model> {
    const { contextTokens, faults } = options;
    const model = new Model(options);
    model.#server = await ModelServer.start({
      respond: (request) => model.#respond(request),
      observe: (asked) => model.#keep(asked),
      ...(contextTokens !== undefined && { contextTokens }),
      ...(faults !== undefined && { faults }),
    });
    return model;
  }

  get url(): string {
    return this.#server?.url ?? "";
  }

  async close(): Promise<void> {
    await this.#server?.close();
  }

  #respond(request: MessageRequest): Reply {
    const { script, folder, interrupt } = this.#options;
    const tools = new Offered(request.tools ?? [], folder);
    try {
      const made = script({
        request,
        tools,
        folder,
        interrupt,
        note: (text) => this.notes.push(text),
        dropNext: () => this.#server?.setFaults("drop"),
      });
      this.missing = undefined;
      if (made === "over") this.after += 1;
      const said = made === "over" ? say(NOTHING_MORE) : made;
      if (Array.isArray(said)) return { parts: said };
      return "parts" in said ? said : { parts: [said] };
    } catch (error) {
      if (error instanceof ApiError) this.#scripted.add(error);
      if (!(error instanceof NotOffered)) throw error;
      this.missing = error.need;
      return { parts: [say(error.message)] };
    }
  }

  #keep({ at, path, body, bytes, reply, error }: Asked): void {
    this.#requests += 1;
    this.#bytes += bytes;
    if (this.#requests > this.#options.mostRequests || this.#bytes > MOST_BYTES)
      return this.#options.onTooMuch();
    if (path === `${MESSAGES}/count_tokens`) return;
    if (path !== MESSAGES) return void this.strays.push(`${path} (${error?.status ?? 200})`);
    const isScripted = error !== undefined && this.#scripted.has(error);
    this.exchanges.push({
      at,
      body,
      ...(reply && { reply }),
      ...(error && { error: { status: error.status, message: error.message, isScripted } }),
    });
  }
}
