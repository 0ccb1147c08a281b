// Which model the other future is of: the offline one, or the one of .env, after asking.
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { createModelClient, type AgentEvent, type ModelClient } from "@course/runtime";
import { loadEnvironment, REPOSITORY } from "@course/runtime/terminal";
import { startOfflineModel } from "@course/offline-model";

/** The model of the last request; undefined where none was sent, and for a name that no model of ours has. */
export function modelOf(events: readonly AgentEvent[]): string | undefined {
  const last = events.findLast((event) => event.type === "model_started");
  const id = last?.type === "model_started" ? last.request["model"] : undefined;
  return typeof id === "string" && id.startsWith("claude-") ? id : undefined;
}

export function offlineModel(id: string | undefined): ModelClient {
  return createModelClient({ env: {}, offline: true, model: id, startOfflineModel });
}

/** Rejects with an Error where there is none, or where the person does not want it. */
export async function realModel(characters: number, yes: boolean): Promise<ModelClient> {
  const { env } = loadEnvironment(process.env, join(REPOSITORY, ".env"));
  const model = createModelClient({ env, startOfflineModel });
  if (model.isOffline)
    throw new Error("--real: no model is set. Put ANTHROPIC_API_KEY into .env, or leave --real out.");
  if (yes) return model;
  if (!process.stdin.isTTY)
    throw new Error("--real asks before it sends anything, and nobody is there. Add --yes.");
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const what = `a conversation of ${characters.toLocaleString("en")} characters to ${model.endpoint} (${model.id})`;
    const answer = await lines.question(`This sends ${what}. Its agent runs commands. Go on? [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) throw new Error("Nothing was sent.");
    return model;
  } finally {
    lines.close();
  }
}
