// Stands between an agent and the offline model and keeps what passes: each request as it was sent,
// and its reply, put together from the stream. What it forwards is not changed, nor held back.
import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { pipeline } from "node:stream";
import type Anthropic from "@anthropic-ai/sdk";
import { MessageStream } from "@anthropic-ai/sdk/lib/MessageStream";
import { startOfflineModel } from "@course/offline-model";
import type { ClientOptions } from "@course/runtime";

export interface Exchange {
  request: Anthropic.MessageCreateParams;
  status: number;
  /** The body as it came: a JSON object, or a stream of events. */
  body: string;
}

type StartOfflineModel = NonNullable<ClientOptions["startOfflineModel"]>;

/** Starts the offline model behind a recorder that adds to `exchanges`. */
export function recordedModel(exchanges: Exchange[]): StartOfflineModel {
  return async (options) => {
    const model = await startOfflineModel(options);
    const server = createServer((request, response) => forward(request, response, model.url, exchanges));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("The recorder has no port.");
    return {
      url: `http://127.0.0.1:${address.port}`,
      setFaults: (text) => model.setFaults(text),
      unref() {
        server.unref();
        model.unref();
      },
      async close() {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
        await model.close();
      },
    };
  };
}

function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  url: string,
  exchanges: Exchange[],
): void {
  const { method, headers, url: path = "/" } = incoming;
  const sent: Buffer[] = [];
  const onward = httpRequest(new URL(path, url), { ...(method && { method }), headers }, (answer) => {
    const exchange = { request: parse(sent), status: answer.statusCode ?? 0, body: "" };
    if (method === "POST" && path.startsWith("/v1/messages") && !path.includes("count_tokens"))
      exchanges.push(exchange);
    answer.on("data", (chunk: Buffer) => (exchange.body += chunk.toString()));
    outgoing.writeHead(exchange.status, answer.headers);
    // A connection that the model drops is dropped here, too.
    pipeline(answer, outgoing, (error) => error && outgoing.destroy());
  });
  incoming.on("data", (chunk: Buffer) => sent.push(chunk));
  outgoing.on("close", () => onward.destroy());
  pipeline(incoming, onward, (error) => error && outgoing.destroy());
}

function parse(sent: readonly Buffer[]): Anthropic.MessageCreateParams {
  const text = Buffer.concat(sent).toString();
  return (text === "" ? {} : JSON.parse(text)) as Anthropic.MessageCreateParams;
}

/** The reply as one message, or the error that came in its place. */
export async function replyOf({ body }: Exchange): Promise<unknown> {
  if (body.startsWith("{")) return JSON.parse(body) as unknown;
  const events = body.split("\n").flatMap((line) => /^data: (.+)$/.exec(line)?.[1] ?? []);
  const stream = new Response(events.map((event) => `${event}\n`).join("")).body;
  if (!stream) throw new Error("The reply is empty.");
  return MessageStream.fromReadableStream(stream).finalMessage();
}
