// A server on loopback that answers at once, in a process of its own: N tool calls, then a last word.
// It reads nothing of a request but its end, so what is measured is the client.
import { createServer } from "node:http";
import { call, say } from "@course/offline-model/test";
import { toEvents, toMessage } from "../../packages/offline-model/src/wire.ts";

const turns = Number(process.argv[2]);
const input = JSON.parse(process.argv[3] ?? "{}") as Record<string, unknown>;
const usage = { input_tokens: 1, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 };
let asked = 0;

const server = createServer((request, response) => {
  request.resume();
  request.on("end", () => {
    const last = ++asked % (turns + 1) === 0;
    const message = toMessage(
      { parts: [last ? say("done") : call("read_file", input)] },
      { model: "claude-instant", max_tokens: 1, messages: [] },
      usage,
    );
    const events = [...toEvents(message)].map(
      (event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`,
    );
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(events.join(""));
  });
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address !== null && typeof address === "object") console.log(`http://127.0.0.1:${address.port}`);
});
process.stdin.on("end", () => process.exit()).resume();
