// A server on loopback that answers at once, in a process of its own: N tool calls, then a last word.
// It reads nothing of a request but its end, so what is measured is the client.
import { createServer } from "node:http";
import { instantReply } from "./instant-reply.ts";

const turns = Number(process.argv[2]);
const file = process.argv[3];
let asked = 0;

const server = createServer((request, response) => {
  request.resume();
  request.on("end", () => {
    const last = ++asked % (turns + 1) === 0;
    const events = instantReply(last ? undefined : file).map(
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
