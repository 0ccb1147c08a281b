// A model that needs no key: a script behind the real Messages API, on loopback.
import { createBrain } from "./brain.ts";
import { backgroundIntents } from "./intents/background.ts";
import { compactionIntents } from "./intents/compaction.ts";
import { fileIntents } from "./intents/files.ts";
import { hookIntents } from "./intents/hooks.ts";
import { skillIntents } from "./intents/skills.ts";
import { subagentIntents } from "./intents/subagents.ts";
import { talkIntents } from "./intents/talk.ts";
import { taskIntents } from "./intents/tasks.ts";
import { todoIntents } from "./intents/todo.ts";
import { ModelServer, type ServerOptions } from "./server.ts";

export { parseFaults } from "./faults.ts";
export { ModelServer } from "./server.ts";

/** Starts the offline model with the intents of every chapter. Throws on a fault that it does not know. */
export function startOfflineModel(options: Omit<ServerOptions, "respond"> = {}): Promise<ModelServer> {
  const respond = createBrain([
    ...compactionIntents,
    ...hookIntents,
    ...backgroundIntents,
    ...taskIntents,
    ...todoIntents,
    ...subagentIntents,
    ...skillIntents,
    ...fileIntents,
    ...talkIntents,
  ]);
  return ModelServer.start({ ...options, respond });
}
