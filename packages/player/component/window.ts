// The figures of the window bar.
import type { Frame, Player } from "../src/index.ts";

/** The window that the course reckons with (s06). The bar shows as much of it as the trace comes to use. */
const WINDOW = 200_000;

export interface WindowFigures {
  readonly parts: readonly { name: string; label: string; tokens: number; share: number }[];
  readonly scale: string;
  readonly total: string;
  readonly summary: string;
}

export function windowOf(player: Player, frame: Frame, key: string): WindowFigures {
  const moment = frame.conversation(key);
  const { last, total, calls } = moment;
  const width = scaleOf(player, key);
  const part = (name: string, label: string, tokens: number) => ({
    name,
    label,
    tokens,
    share: tokens / width,
  });
  const parts = [
    part("cached", "from the cache", last?.cacheRead ?? 0),
    part("fresh", "new in the request", (last?.input ?? 0) + (last?.cacheWrite ?? 0)),
    part("written", "in the reply", last?.output ?? 0),
  ];
  const used = parts.reduce((sum, { tokens }) => sum + tokens, 0);
  const n = (value: number) => value.toLocaleString("en-US");
  const input = total.input + total.cacheRead + total.cacheWrite;
  return {
    parts,
    scale: `${percent(used / WINDOW)} of ${n(WINDOW)}; the bar is ${n(width)} wide`,
    total:
      calls === 0
        ? "No model call yet"
        : `${n(calls)} model call${calls === 1 ? "" : "s"} so far: ${n(input)} tokens in, ${n(total.cacheRead)} of them from the cache; ${n(total.output)} out`,
    summary: `Window: ${n(used)} tokens; ${parts.map(({ label, tokens }) => `${n(tokens)} ${label}`).join(", ")}`,
  };
}

/** The least round number of tokens that holds the longest request of the whole trace. */
function scaleOf(player: Player, key: string): number {
  const longest = player.longest(key);
  if (longest > WINDOW) return longest;
  const steps = [1, 2, 5].flatMap((digit) => [1_000, 10_000, 100_000].map((unit) => digit * unit));
  return steps.toSorted((a, b) => a - b).find((step) => step >= longest && step <= WINDOW) ?? WINDOW;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}
