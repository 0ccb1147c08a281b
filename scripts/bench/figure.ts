// What a figure is, and the statistics that all of them share.

export interface Figure {
  name: string;
  /** What is measured against what, in a few words. */
  question: string;
  /** The value must not be above this. */
  aim: number;
  unit: "ratio" | "ms" | "MB";
  /**
   * Why it cannot be measured here, and what to do. `isNamed`: somebody asked for this very figure, so what it
   * needs may be fetched.
   */
  obstacle?(isNamed: boolean): string | undefined;
  measure(): Promise<Measurement>;
}

interface Measurement {
  /** One value for each round of the one run: ratios, or differences. */
  values: number[];
  /** Absolute times and sizes, as context only. */
  context: string;
}

export interface Row {
  name: string;
  question: string;
  unit: Figure["unit"];
  value: number;
  /** The middle half of the values. */
  spread: [number, number];
  aim: number;
  verdict: "met" | "missed" | "missed by more than a quarter";
  context: string;
}

/** A run as it is kept for docs/performance.md. */
export interface SavedRun {
  node: string;
  platform: string;
  cores: number;
  rows: Row[];
}

export function formatValue(value: number, unit: Row["unit"]): string {
  return unit === "ratio" ? value.toFixed(2) : `${value.toFixed(1)} ${unit}`;
}

export async function evaluate({ name, question, aim, unit, measure }: Figure): Promise<Row> {
  const { values, context } = await measure();
  const value = quantile(values, 0.5);
  const verdict = value <= aim ? "met" : value <= aim * 1.25 ? "missed" : "missed by more than a quarter";
  return {
    name,
    question,
    unit,
    value,
    spread: [quantile(values, 0.25), quantile(values, 0.75)],
    aim,
    verdict,
    context,
  };
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const [low = NaN, high = low] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at - Math.floor(at));
}

export const median = (values: readonly number[]) => quantile(values, 0.5);

/** Times two things in turn, so that a noisy moment hits both, and returns their ratios round by round. */
export async function ratios(
  rounds: number,
  subject: () => Promise<number>,
  limit: () => Promise<number>,
): Promise<{ values: number[]; subject: number; limit: number }> {
  const subjects: number[] = [];
  const limits: number[] = [];
  for (let round = -1; round < rounds; round++) {
    // Whoever goes first warms the other up; so they take turns at that, too.
    const order = round % 2 === 0 ? [subject, limit] : [limit, subject];
    const times = [await order[0]?.(), await order[1]?.()] as [number, number];
    if (round === -1) continue;
    const [ours, theirs] = round % 2 === 0 ? times : [times[1], times[0]];
    subjects.push(ours);
    limits.push(theirs);
  }
  return {
    values: subjects.map((value, index) => value / (limits[index] ?? NaN)),
    subject: median(subjects),
    limit: median(limits),
  };
}

/** Milliseconds that `work` takes. */
export async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
