// One endpoint, as the checks ask it: a request in, a whole message out, streamed where the endpoint streams.
import type Anthropic from "@anthropic-ai/sdk";
import { readReply, StreamError, type ModelClient } from "../../packages/runtime/src/index.ts";

/** A request without what the endpoint adds. */
export type Request = Omit<Anthropic.MessageCreateParamsNonStreaming, "model" | "stream">;

/** An answer with status 200 that is no message. */
class NoMessageError extends Error {
  override readonly name = "NoMessageError";
}

export class Endpoint {
  readonly model: ModelClient;
  /** What must not be shown. */
  readonly secrets: readonly string[];
  readonly #timeoutMs: number;
  #streams = true;

  /** A model on one's own machine may take a minute to load, so the limit is long. */
  constructor(model: ModelClient, secrets: readonly string[] = [], timeoutMs = 120_000) {
    this.model = model;
    this.secrets = secrets;
    this.#timeoutMs = timeoutMs;
  }

  get streams(): boolean {
    return this.#streams;
  }

  /** From now on, requests do not ask for a stream. */
  doWithoutStream(): void {
    this.#streams = false;
  }

  /** Rejects with the SDK's errors, StreamError and NoMessageError. A stream that breaks off is asked for once more. */
  async send(request: Request): Promise<Anthropic.Message> {
    const params = { ...request, model: this.model.id };
    if (!this.#streams) {
      const client = await this.model.sdk();
      return whole(await client.messages.create(params, this.#options()));
    }
    try {
      return await this.#stream(params);
    } catch (error) {
      if (!brokeOff(error)) throw error;
      return this.#stream(params);
    }
  }

  async #stream(params: Anthropic.MessageCreateParamsNonStreaming): Promise<Anthropic.Message> {
    const client = await this.model.sdk();
    const stream = await client.messages.create({ ...params, stream: true }, this.#options());
    return whole(
      await readReply(stream, {
        onText: () => {},
        onThinking: () => {},
        silenceMs: this.#timeoutMs,
        hangUp: () => stream.controller.abort(),
      }),
    );
  }

  #options() {
    return { maxRetries: 1, timeout: this.#timeoutMs };
  }

  /** The count of `count_tokens`. Rejects like `send`. */
  async countTokens(request: Pick<Request, "messages">): Promise<number> {
    const client = await this.model.sdk();
    const counted = await client.messages.countTokens({ ...request, model: this.model.id }, this.#options());
    if (typeof counted.input_tokens !== "number") throw new NoMessageError("the answer holds no count");
    return counted.input_tokens;
  }

  /** Some models that it says it offers; none where it does not say. */
  async models(): Promise<string[]> {
    try {
      const client = await this.model.sdk();
      const page = await client.models.list({ limit: 20 }, { maxRetries: 0, timeout: 10_000 });
      return page.data.map(({ id }) => id);
    } catch {
      return [];
    }
  }
}

function brokeOff(error: unknown): boolean {
  return error instanceof StreamError || (error instanceof Error && error.message === "terminated");
}

function whole(message: Anthropic.Message): Anthropic.Message {
  // Some other page, such as a proxy's, may come with status 200; the SDK does not look at it.
  if (!Array.isArray((message as { content?: unknown }).content))
    throw new NoMessageError("the answer is no message of the Messages API");
  return message;
}
