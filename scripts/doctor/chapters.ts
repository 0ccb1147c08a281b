// Which chapters work with what was found, and what each of them lacks.
import type { Check, CheckName, Effect, Status } from "./check.ts";

export interface Verdict {
  /** By short name, as in s13. */
  id: string;
  works: boolean;
  /** What does not work, or what it works without, in words. */
  missing: string[];
}

const stops = (missing: string, chapters: Effect["chapters"] = "all"): Effect => ({
  chapters,
  stops: true,
  missing,
});
const lacks = (missing: string, ...chapters: string[]): Effect => ({ chapters, stops: false, missing });

/** What a check means that is not well; a name that is not here means nothing for chapters. */
const EFFECTS: Partial<Record<CheckName, Partial<Record<Status, Effect>>>> = {
  node: { failed: stops("needs a newer Node") },
  pnpm: { failed: stops("the dependencies are not installed") },
  git: { failed: stops("worktrees need git", ["s18"]) },
  bash: { failed: stops("commands need bash") },
  reachable: { failed: stops("no endpoint answers") },
  key: { failed: stops("the key is refused") },
  model: { failed: stops("the model is not known") },
  answers: { failed: stops("the endpoint does not answer") },
  streams: { failed: stops("replies do not stream") },
  usage: { warning: lacks("how full the window is, is estimated", "s06", "full") },
  tools: { failed: stops("the model calls no tools") },
  several: { warning: lacks("calls come one at a time", "s02") },
  thinking: {
    failed: stops("thoughts are refused"),
    warning: lacks("no thoughts to see, or to send back", "s06"),
  },
  caching: {
    failed: stops("cache_control is refused"),
    warning: lacks("nothing is read from a cache", "s10"),
  },
};

export function judge(ids: readonly string[], checks: readonly Check[]): Verdict[] {
  const effects = checks.flatMap(({ name, status, effects: own }) => own ?? EFFECTS[name]?.[status] ?? []);
  return ids.map((id) => {
    const touching = effects.filter(({ chapters }) => chapters === "all" || chapters.includes(id));
    const stopping = touching.filter((effect) => effect.stops);
    const works = stopping.length === 0;
    return { id, works, missing: (works ? touching : stopping).map(({ missing }) => missing) };
  });
}

/** Short names with runs of neighbours put together: "s01 to s05, s07". `all` is the order. */
export function ranges(ids: readonly string[], all: readonly string[]): string {
  const runs: string[][] = [];
  for (const id of ids) {
    const run = runs.at(-1);
    const isNext = run && all.indexOf(id) === all.indexOf(run.at(-1) ?? "") + 1 && id.startsWith("s");
    if (isNext) run.push(id);
    else runs.push([id]);
  }
  return runs.flatMap((run) => (run.length > 2 ? [`${run[0]} to ${run.at(-1)}`] : run)).join(", ");
}
