// One prompt, two chapters, one clock: what each does, a line for each thing, and when it happened.
import { Track, type TrackLine } from "@course/replay";
import { runUntilIdle } from "@course/runtime";
import { findChapter } from "./chapters.ts";
import { setStage, type Stage } from "./runs.ts";
import { normalize } from "./transcripts.ts";

/** One of the two: its lines so far, and what it is waiting for. */
export class StageTrack extends Track {
  readonly stage: Stage;

  constructor(id: string, stage: Stage, startedAt: number) {
    super(`${id} ${findChapter(id).card.title}`, startedAt);
    this.stage = stage;
    stage.session.on((event) => this.take(event));
  }

  /** Asks; resolves when nothing is under way any more. */
  async run(): Promise<void> {
    const { agent, session, entry } = this.stage;
    await runUntilIdle(agent, session, entry.prompt);
    this.end();
  }

  protected override get statuses(): readonly string[] {
    return this.stage.agent.extensions.flatMap((extension) => extension.status?.() ?? []);
  }
}

/** Sets up both and starts the clock. The second's card has the prompt. */
export async function setBeside(
  ids: readonly [string, string],
  prompt: string,
): Promise<[StageTrack, StageTrack]> {
  const [first, second] = await Promise.all(ids.map((id) => setStage(id, prompt, ids[1])));
  if (!first || !second) throw new Error("Two chapters are needed.");
  const now = Date.now();
  return [new StageTrack(ids[0], first, now), new StageTrack(ids[1], second, now)];
}

/** Both, one after the other, as text for a page: whole seconds, and the same from run to run. */
export async function besideText(before: string, after: string, prompt: string): Promise<string> {
  const tracks = await setBeside([before, after], prompt);
  try {
    await Promise.all(tracks.map((track) => track.run()));
    return tracks.map((track) => steadyText(track)).join("\n\n");
  } finally {
    await Promise.all(tracks.map(({ stage }) => stage.strike()));
  }
}

function steadyText(track: StageTrack): string {
  const whole = (at: number) => String(Math.floor(at / 1000));
  const texts = normalize(track.lines.map(({ text }) => text).join("\n"), track.stage.folder)
    .replace(/ (\d+)\.\d s: /g, " $1 s: ")
    .split("\n");
  const lines = track.lines.map(({ at }, index) => ({ at, text: texts[index] ?? "" }));
  return asText(track, whole, lines);
}

/** A track as lines of text: the title, each line behind its time, the sums. */
export function asText(
  track: StageTrack,
  seconds: (at: number) => string,
  lines: readonly TrackLine[] = track.lines,
): string {
  const rows = lines.map(({ at, text }) => `${`${seconds(at)} s`.padStart(6)}  ${text}`);
  return [track.title, ...rows, `        ${track.summary(seconds(track.endedAt ?? 0))}`].join("\n");
}
