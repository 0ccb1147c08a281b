// The steps as a strip, coloured by who did each.
import { happeningOf, type Actor, type Player } from "../src/index.ts";

const ACTORS: readonly Actor[] = ["user", "model", "tool", "harness"];

/** `length` is how many events there are: a player grows, and stays the same object. */
export function stripOf(player: Player, length: number): { actor: Actor; d: string }[] {
  const steps = new Map<Actor, string[]>(ACTORS.map((actor) => [actor, []]));
  let run: { actor: Actor; from: number } | undefined;
  const close = (to: number) =>
    run && steps.get(run.actor)?.push(`M${run.from},0h${to - run.from}v1h-${to - run.from}z`);
  for (const [step, index] of player.steps.entries()) {
    if (index >= length) break;
    const event = player.events[index];
    const actor = event ? happeningOf(event).actor : "harness";
    if (run?.actor === actor) continue;
    close(step);
    run = { actor, from: step };
  }
  close(player.steps.length);
  return ACTORS.map((actor) => ({ actor, d: (steps.get(actor) ?? []).join("") }));
}
