// For tests, and for the grader: a model that answers with an exact sequence, over real HTTP.
import { invalid } from "./api-error.ts";
import { say, think, type MessageRequest, type Part, type Reply } from "./reply.ts";
import { ModelServer, type ServerOptions } from "./server.ts";

export { ApiError } from "./api-error.ts";
export { call, raw, say, think } from "./reply.ts";
export type { CallPart, MessageRequest, Part, Reply } from "./reply.ts";
export { ModelServer, type Asked } from "./server.ts";

/** One reply of the script: a part, several parts in one message, a whole reply, or one made from the request. */
export type Turn = Part | Part[] | Reply | ((request: MessageRequest) => Part | Part[] | Reply);

export class ScriptedModel {
  readonly #turns: Turn[];
  readonly #options: Omit<ServerOptions, "respond">;
  #server: ModelServer | undefined;
  #next = 0;
  /** Every request that was asked, oldest first. */
  readonly requests: MessageRequest[] = [];

  constructor(turns: Turn[], options: Omit<ServerOptions, "respond">) {
    this.#turns = turns;
    this.#options = options;
  }

  /** Starts the server; calling it again is free. Returns the base URL. */
  async start(): Promise<string> {
    this.#server ??= await ModelServer.start({
      ...this.#options,
      respond: (request) => this.#respond(request),
    });
    this.#server.unref();
    return this.#server.url;
  }

  setFaults(text: string): void {
    this.#server?.setFaults(text);
  }

  /** Throws if turns of the script are left over. */
  assertDone(): void {
    const left = this.#turns.length - this.#next;
    if (left > 0) throw new Error(`${left} of ${this.#turns.length} scripted replies were never asked for.`);
  }

  async close(): Promise<void> {
    await this.#server?.close();
  }

  #respond(request: MessageRequest): Reply {
    this.requests.push(request);
    const turn = this.#turns[this.#next++];
    if (turn === undefined) throw invalid(`the script has only ${this.#turns.length} replies`);
    const made = typeof turn === "function" ? turn(request) : turn;
    const reply = Array.isArray(made) ? { parts: made } : "parts" in made ? made : { parts: [made] };
    // As the real ones do, it thinks before it calls; so every test holds that thinking goes back as it came.
    const isSilent =
      reply.parts.every(({ type }) => type !== "call") || reply.parts.some(({ type }) => type === "thinking");
    return isSilent ? reply : { ...reply, parts: [think(`Thought ${this.#next}.`), ...reply.parts] };
  }
}

/** A model that answers with these replies, one a request, and then with an error. */
export function script(...turns: Turn[]): ScriptedModel {
  return new ScriptedModel(turns, {});
}

/** The same, with faults, a window or a pace. */
export function scriptWith(options: Omit<ServerOptions, "respond">, ...turns: Turn[]): ScriptedModel {
  return new ScriptedModel(turns, options);
}

/** Who asks: a teammate (s15), by what its system prompt calls it, or the lead. */
export function speakerOf({ system }: MessageRequest): string {
  return /You are ([a-z0-9-]+), a teammate/.exec(JSON.stringify(system ?? ""))?.[1] ?? "lead";
}

/** A model for several agents at once: each has replies of its own, whatever order they ask in. */
export function scriptOfTeam(replies: Readonly<Record<string, readonly Turn[]>>): {
  model: ScriptedModel;
  /** What each agent asked, oldest first. */
  requestsOf(name: string): MessageRequest[];
  /** Whose replies were not all asked for, and how many are left. */
  left(): Readonly<Record<string, number>>;
} {
  const left = new Map(Object.entries(replies).map(([name, turns]) => [name, [...turns]]));
  const answer: Turn = (request) => {
    const turn = left.get(speakerOf(request))?.shift() ?? say("nothing more");
    return typeof turn === "function" ? turn(request) : turn;
  };
  const model = script(...Array<Turn>(MOST_REQUESTS).fill(answer));
  return {
    model,
    requestsOf: (name) => model.requests.filter((request) => speakerOf(request) === name),
    left: () =>
      Object.fromEntries(
        [...left].flatMap(([name, turns]) => (turns.length > 0 ? [[name, turns.length]] : [])),
      ),
  };
}

const MOST_REQUESTS = 500;
