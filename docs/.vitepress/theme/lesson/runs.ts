// Runs by their names: s13-5 is prompt 5 of s13, s02-1-s12 is what s02 makes of prompt 1 of s12.
import type { Player } from "@course/player";

export type Events = Player["events"];

/** The events of a trace, which holds one as JSON on each line. */
export function eventsIn(trace: string): Events {
  return trace
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Events[number]);
}

export function titleOf(run: string): string {
  const [id = "", number = "", other] = run.split("-");
  return other === undefined ? `${id}, prompt ${number}.` : `${id} with prompt ${number} of ${other}.`;
}

/** Whether the address asks for a step of this run, as #s13-5:7 does. */
export function isAskedFor(hash: string, run: string): boolean {
  return hash.startsWith(`#${run}:`);
}
