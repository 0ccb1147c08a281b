// The client and the transport of one server. The package takes a tenth of a second to load, so it is loaded when a server
// starts and not before.
import { setTimeout as delay } from "node:timers/promises";
import type { Client, Transport } from "@modelcontextprotocol/client";
import { ProcessTransport } from "./process-transport.ts";
import type { ServerConfig } from "./server-config.ts";
import type { ServerLog } from "./server-log.ts";

/** How long we wait for a server elsewhere to hear that we leave. */
const GOODBYE_MS = 1_000;
/** A server of before 2026-07-28 may stay silent when it is asked for its version; then it is asked the old way. */
const PROBE_MS = 3_000;

export interface OpenClient {
  client: Client;
  transport: Transport & { ending?: string | undefined; pid?: number | null };
  /** Resolves when the connection is closed and nothing of the server runs here. Never rejects. */
  end(): Promise<void>;
}

/** `onListChanged` hears the server's word that one of its lists has changed. */
export async function openClient(
  { transport: config }: ServerConfig,
  root: string,
  log: ServerLog,
  onListChanged: () => void,
): Promise<OpenClient> {
  const protocol = await import("@modelcontextprotocol/client");
  const changed = { autoRefresh: false, debounceMs: 50, onChanged: onListChanged };
  const client = new protocol.Client(
    { name: "course-s19", version: "1.0.0" },
    {
      capabilities: { roots: {} },
      // Said here and not by handlers of our own: from 2026-07-28 on, a client has to subscribe to be told.
      listChanged: { tools: changed, prompts: changed, resources: changed },
      versionNegotiation: { mode: "auto", probe: { timeoutMs: PROBE_MS } },
    },
  );
  if (config.type === "stdio") {
    const transport = new ProcessTransport(protocol, config, root, log);
    // The client may not have connected; then closing it does not end the process.
    return { client, transport, end: () => allSettled([client.close(), transport.close()]) };
  }
  const transport = new protocol.StreamableHTTPClientTransport(new URL(config.url), {
    requestInit: { headers: config.headers },
  });
  const goodbye = () =>
    Promise.race([transport.terminateSession(), delay(GOODBYE_MS, undefined, { ref: false })]);
  return { client, transport, end: () => allSettled([goodbye()]).then(() => allSettled([client.close()])) };
}

const allSettled = (ends: Promise<unknown>[]) => Promise.allSettled(ends).then(() => {});
