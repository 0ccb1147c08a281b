// The agent's side of the Agent Client Protocol, version 1 (https://agentclientprotocol.com), by its official library.
// Standard output is the protocol's; whatever else is to be said goes to standard error.
// Not covered: the editor's own file system and terminals (tools work on the disk), its MCP servers (s19), images.
import { Readable, Writable } from "node:stream";
import {
  agent,
  methods,
  ndJsonStream,
  PROTOCOL_VERSION,
  RequestError,
  type AgentContext,
} from "@agentclientprotocol/sdk";
import { errorMessage, type ChapterModule, type FlagValues, type ModelClient } from "@course/runtime";
import { EditorSession, type Opening } from "./editor-session.ts";
import { promptText } from "./prompt-text.ts";
import { replay } from "./updates.ts";

/** Serves until the editor closes the connection, or ends the program. Resolves with the exit code. */
export async function serve(
  model: ModelClient,
  values: FlagValues,
  createAgent: ChapterModule["createAgent"],
): Promise<number> {
  const sessions = new OpenSessions({ model, createAgent, values });
  const connection = agent({ name: "full" })
    .onRequest(methods.agent.initialize, () => ({
      protocolVersion: PROTOCOL_VERSION,
      agentInfo: { name: "full", version: "1.0.0" },
      agentCapabilities: { loadSession: true, promptCapabilities: { embeddedContext: true } },
    }))
    .onRequest(methods.agent.session.new, async ({ client, params }) => {
      const { id } = await refusing(() => sessions.open(client, params.cwd));
      return { sessionId: id };
    })
    .onRequest(methods.agent.session.load, async ({ client, params }) => {
      const loaded = await refusing(() => sessions.load(client, params.cwd, params.sessionId));
      for (const update of replay(loaded.session.messages, params.cwd)) loaded.send(update);
      return {};
    })
    .onRequest(methods.agent.session.prompt, async ({ params }) => ({
      stopReason: await sessions.find(params.sessionId).prompt(promptText(params.prompt)),
    }))
    .onNotification(methods.agent.session.cancel, ({ params }) => sessions.cancel(params.sessionId))
    .connect(
      ndJsonStream(
        Writable.toWeb(process.stdout),
        Readable.toWeb(process.stdin) as ReadableStream<Uint8Array>,
      ),
    );
  const code = await Promise.race([connection.closed.then(() => 0), signalled(), failed()]);
  await sessions.close();
  await model.close();
  return code;
}

class OpenSessions {
  readonly #parts: Omit<Opening, "folder">;
  readonly #open = new Map<string, EditorSession>();

  constructor(parts: Omit<Opening, "folder">) {
    this.#parts = parts;
  }

  async open(client: AgentContext, folder: string, more: FlagValues = {}): Promise<EditorSession> {
    const values = { ...this.#parts.values, ...more };
    const opened = await EditorSession.open(client, { ...this.#parts, folder, values });
    this.#open.set(opened.id, opened);
    return opened;
  }

  /** Takes up a session again, also one that is open here: an editor may open it a second time. */
  async load(client: AgentContext, folder: string, id: string): Promise<EditorSession> {
    const before = this.#open.get(id);
    this.#open.delete(id);
    await before?.close();
    return this.open(client, folder, { resume: id });
  }

  find(id: string): EditorSession {
    const found = this.#open.get(id);
    if (!found) throw RequestError.invalidParams(undefined, `there is no open session ${id}`);
    return found;
  }

  /** One that is not open has nothing to cancel. */
  cancel(id: string): void {
    this.#open.get(id)?.cancel();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map((session) => session.close()));
  }
}

/** What cannot be opened is told to the editor in words, not as an internal error. */
async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw RequestError.invalidParams(undefined, errorMessage(error));
  }
}

function signalled(): Promise<number> {
  return new Promise((resolve) => {
    for (const [signal, code] of [
      ["SIGTERM", 143],
      ["SIGINT", 130],
      ["SIGHUP", 129],
    ] as const)
      process.once(signal, () => resolve(code));
  });
}

/** A bug ends the program, as in the terminal: nothing is left running, and one line says what it was. */
function failed(): Promise<number> {
  return new Promise((resolve) => {
    for (const event of ["uncaughtException", "unhandledRejection"] as const)
      process.once(event, (error: unknown) => {
        process.stderr.write(`Internal error: ${errorMessage(error)}\n`);
        resolve(1);
      });
  });
}
