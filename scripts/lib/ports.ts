// Ports of this machine, for servers that a learner starts.
import { once } from "node:events";
import { createServer } from "node:net";

/** Throws an Error where the text is no port; 0 stands for one that is free. */
export function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new Error(`--port ${text}: expected 0 to 65535.`);
  return port;
}

/** Throws an Error where the port cannot be listened on, which most servers tell with a stack trace. */
export async function refuseUsed(port: number): Promise<void> {
  const server = createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const what = code === "EADDRINUSE" ? "something listens there already" : message;
    throw new Error(`--port ${port}: ${what}. Name another, as in --port ${port + 1}.`, { cause: error });
  }
  server.close();
  await once(server, "close");
}
