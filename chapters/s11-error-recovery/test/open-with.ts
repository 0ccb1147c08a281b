// A session with recovery, on a scripted model.
import type { ScriptedModel } from "@course/offline-model/test";
import { defineAgent } from "@course/runtime";
import { openSession } from "@course/runtime/testing";
import { errorRecovery } from "@course/s11-error-recovery";
import { createAgent } from "../src/agent.ts";

/** A reply that is long enough to be lost or cut off in the middle. */
export const FULL = "A long answer that goes on and on, to a last word: end.";

/** A session whose waits are written down instead of waited. `random` is 1: the longest jitter. */
export async function openWith(model: ScriptedModel, faults = "", folder?: string) {
  const waits: number[] = [];
  const effects = {
    sleep: (ms: number) => Promise.resolve(waits.push(ms)),
    random: () => 1,
  };
  const open = await openSession(
    (workspace) =>
      defineAgent({ ...createAgent(workspace), extensions: [errorRecovery(workspace, effects)] }),
    model,
    folder,
  );
  model.setFaults(faults);
  const traced = () =>
    open.events.flatMap((event) =>
      event.type === "extension" ? [`${event.kind} ${String(event.detail["attempt"])}`] : [],
    );
  const errors = () => open.events.flatMap((event) => (event.type === "error" ? [event.message] : []));
  return { ...open, waits, traced, errors };
}
