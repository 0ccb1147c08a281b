// Another future: the agent goes on from a past, until it has nothing more to do.
import { randomUUID } from "node:crypto";
import {
  Session,
  run,
  settle,
  type Agent,
  type ModelClient,
  type RunOutcome,
  type StampedEvent,
} from "@course/runtime";
import { Track } from "../track.ts";

export interface Future {
  track: Track;
  outcome: RunOutcome;
  events: readonly StampedEvent[];
}

/** `stop` ends it early. Rejects with what an extension throws at its start. */
export async function goOn(
  agent: Agent,
  model: ModelClient,
  past: readonly StampedEvent[],
  title: string,
  stop: AbortSignal,
): Promise<Future> {
  const session = new Session(model);
  session.restore(randomUUID(), past);
  const track = new Track(title, Date.now());
  const events: StampedEvent[] = [];
  session.on((event) => {
    events.push(event);
    track.take(event);
  });
  stop.addEventListener("abort", () => session.close(), { once: true });
  try {
    for (const extension of agent.extensions) await extension.start?.(session, agent);
    const first = await run(agent, session);
    const outcome = first.ending === "completed" ? ((await settle(agent, session)) ?? first) : first;
    track.end();
    return { track, outcome, events };
  } finally {
    session.close();
    await Promise.allSettled(agent.extensions.map(async (extension) => extension.stop?.()));
  }
}

/** What happened in the trace after these events, up to the user's next word. */
export function whatWas(events: readonly StampedEvent[], end: number, title: string): Track {
  const track = new Track(title, events[end - 1]?.at ?? 0);
  const next = events.findIndex((event, index) => index >= end && event.type === "prompt");
  const after = events.slice(end, next === -1 ? events.length : next);
  for (const event of after) track.take(event);
  track.end(after.at(-1)?.at ?? events[end - 1]?.at ?? 0);
  return track;
}
