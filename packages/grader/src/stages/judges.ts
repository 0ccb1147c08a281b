// What several checks ask.
import { describeEnding, type Evidence } from "../evidence.ts";
import { shortened } from "../shortened.ts";

export { REFUSED } from "../evidence.ts";

/** What is wrong with the answer to a call that has to hold these texts; undefined if it is as it should be. */
export function resultLacks(run: Evidence, call: number, ...texts: readonly string[]): string | undefined {
  const result = run.result(call);
  if (!result) return notAnswered(call);
  const lost = texts.find((text) => !result.text.includes(text));
  return lost === undefined ? undefined : `a tool_result without "${lost}": ${shortened(result.text)}`;
}

/** What is wrong with the answer to a call that cannot succeed. */
export function notRefused(run: Evidence, call: number): string | undefined {
  const result = run.result(call);
  if (!result) return notAnswered(call);
  return run.isRefusedCall(call) ? undefined : `a result that does not say so: ${shortened(result.text)}`;
}

export function notAnswered(call: number): string {
  return `no tool_result for call ${call + 1}`;
}

/** What is wrong with a run that has to end by itself, with exit code 0, and print this. */
export function notFinished(run: Evidence, words: string): string | undefined {
  if (!run.isGood) return `it ${describeEnding(run.ending)}`;
  return run.output.includes(words) ? undefined : `it ended, and did not print "${words}"`;
}

/** What is wrong with a run that has to end by itself, whatever its exit code is. */
export function notEnded(run: Evidence): string | undefined {
  return run.ending.kind === "exited" ? undefined : `it ${describeEnding(run.ending)}`;
}

export function requests(count: number): string {
  return `${count} request${count === 1 ? "" : "s"}`;
}
