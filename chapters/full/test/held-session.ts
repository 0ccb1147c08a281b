// A conversation that a program has held in a folder before it ended.
import { call, say, script, type ScriptedModel } from "@course/offline-model/test";
import { openFull } from "./program.ts";

/** Holds a first conversation in the folder, and ends the program. */
export async function hold(folder: string, model: ScriptedModel, ...prompts: string[]): Promise<string> {
  const open = await openFull(model, folder);
  for (const prompt of prompts) await open.run(prompt);
  const { id } = open.session;
  await open.close();
  return id;
}

export const running = () => script(call("bash", { command: "echo hi" }), say("It said hi."));
