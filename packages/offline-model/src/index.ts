// A model that needs no key: a script behind the real Messages API, on loopback.
import { createBrain } from "./brain.ts";
import { agreementIntents } from "./intents/agreements.ts";
import { autonomyIntents } from "./intents/autonomy.ts";
import { withUntold } from "./intents/background-results.ts";
import { backgroundIntents } from "./intents/background.ts";
import { changeIntents } from "./intents/change.ts";
import { compactionIntents } from "./intents/compaction.ts";
import { fileIntents } from "./intents/files.ts";
import { gitIntents } from "./intents/git.ts";
import { hookIntents } from "./intents/hooks.ts";
import { instructionIntents } from "./intents/instructions.ts";
import { logIntents } from "./intents/logs.ts";
import { lookIntents } from "./intents/look.ts";
import { withUntoldMail } from "./intents/mail.ts";
import { mcpIntents } from "./intents/mcp.ts";
import { memoryIntents } from "./intents/memory.ts";
import { realTaskIntents } from "./intents/real-task.ts";
import { recallIntents } from "./intents/recall.ts";
import { renameIntents } from "./intents/rename.ts";
import { repairIntents } from "./intents/repair.ts";
import { scheduleIntents } from "./intents/schedules.ts";
import { skillIntents } from "./intents/skills.ts";
import { subagentIntents } from "./intents/subagents.ts";
import { talkIntents } from "./intents/talk.ts";
import { taskIntents } from "./intents/tasks.ts";
import { teamIntents } from "./intents/teams.ts";
import { todoIntents } from "./intents/todo.ts";
import { worktreeIntents } from "./intents/worktrees.ts";
import { ModelServer, type ServerOptions } from "./server.ts";

export { parseFaults } from "./faults.ts";
export { ModelServer } from "./server.ts";

/** Starts the offline model with the intents of every chapter. Throws on a fault that it does not know. */
export function startOfflineModel(options: Omit<ServerOptions, "respond"> = {}): Promise<ModelServer> {
  const intents = [
    ...compactionIntents,
    ...hookIntents,
    ...autonomyIntents,
    ...agreementIntents,
    ...teamIntents,
    ...worktreeIntents,
    ...mcpIntents,
    ...backgroundIntents,
    ...scheduleIntents,
    ...taskIntents,
    ...todoIntents,
    ...subagentIntents,
    ...skillIntents,
    ...memoryIntents,
    ...instructionIntents,
    ...realTaskIntents,
    ...repairIntents,
    ...renameIntents,
    ...changeIntents,
    ...logIntents,
    ...recallIntents,
    ...lookIntents,
    ...gitIntents,
    ...fileIntents,
    ...talkIntents,
  ];
  const respond = createBrain(intents, (conversation, words) =>
    withUntoldMail(conversation, withUntold(conversation, words)),
  );
  return ModelServer.start({ ...options, respond });
}
