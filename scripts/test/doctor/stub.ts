// An endpoint that lacks something: the offline model behind a server that refuses, changes or leaves out.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import type Anthropic from "@anthropic-ai/sdk";
import { startOfflineModel } from "@course/offline-model";
import { toEvents } from "../../../packages/offline-model/src/wire.ts";

type Body = Anthropic.MessageCreateParamsNonStreaming & { stream?: boolean };

export interface Lack {
  /** Refused with 400, or this status. */
  refuse?(body: Body): string | undefined;
  status?: number;
  change?(reply: Anthropic.Message): Anthropic.Message;
  /** Replies are never streams. */
  noStream?: boolean;
  /** Paths that there are not. */
  missing?: RegExp;
  /** Models under other names than Claude's. */
  renames?: boolean;
}

/** What the endpoint at `url` answers, without what is lacking. */
async function answer(
  url: string,
  path: string,
  headers: Headers,
  { lack, sent }: { lack: Lack; sent: Body },
): Promise<Response> {
  const body = lack.renames ? { ...sent, model: "claude-sonnet-5-5" } : sent;
  const said = lack.refuse?.(body);
  if (said !== undefined) return refusal(lack.status ?? 400, said);
  if (lack.missing?.test(path)) return refusal(404, `Not found: ${path}`);
  const reply = await fetch(url + path, {
    method: "POST",
    headers,
    body: JSON.stringify({ ...body, stream: body.stream === undefined ? undefined : false }),
  });
  if (!reply.ok || path.endsWith("count_tokens")) return reply;
  const message = (await reply.json()) as Anthropic.Message;
  const changed = lack.change?.(message) ?? message;
  if (!sent.stream || lack.noStream) return Response.json(changed);
  const events = [...toEvents(changed)].map((one) => `event: ${one.type}\ndata: ${JSON.stringify(one)}\n\n`);
  return new Response(events.join(""), { headers: { "content-type": "text/event-stream" } });
}

function refusal(status: number, message: string): Response {
  return Response.json({ type: "error", error: { type: "invalid_request_error", message } }, { status });
}

export async function startStub(lack: Lack) {
  const model = await startOfflineModel();
  const asked: Body[] = [];
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const headers = new Headers(request.headers as Record<string, string>);
    for (const name of ["content-length", "host", "connection"]) headers.delete(name);
    const path = request.url ?? "";
    const sent = request.method === "POST" ? ((await json(request)) as Body) : undefined;
    if (sent) asked.push(sent);
    const reply = sent
      ? await answer(model.url, path, headers, { lack, sent })
      : await fetch(model.url + path, { headers });
    const type = reply.headers.get("content-type") ?? "application/json";
    response.writeHead(reply.status, { "content-type": type });
    response.end(await reply.text());
  }
  const http = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const address = http.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    async close() {
      http.closeAllConnections();
      http.close();
      await model.close();
    },
  };
}
