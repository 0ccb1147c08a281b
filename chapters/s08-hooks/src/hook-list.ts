// What /hooks shows: what is configured, from which file, and what each hook did.
import type { NotRun } from "./hook-settings.ts";
import { shortened, type HookRunner, type Tally } from "./hook-runner.ts";

export function renderHooks(runner: HookRunner, notRun: readonly NotRun[]): string {
  const rows = [...runner.tallies].map(
    ([{ event, matcher, command, args = [], source }, tally]) =>
      `  ${event.padEnd(20)}${(matcher ?? "").padEnd(16)}${shortened([command, ...args].join(" "))}\n` +
      `  ${"".padEnd(20)}${source}: ${renderTally(tally)}`,
  );
  const others = notRun.map(
    ({ event, what, reason, source }) =>
      `  ${event.padEnd(20)}${"not run here".padEnd(16)}${shortened(what)}\n  ${"".padEnd(20)}${source}: ${reason}`,
  );
  if (rows.length + others.length === 0)
    return "  No hooks. They are configured under hooks in .claude/settings.json or ~/.claude/settings.json.";
  return [...rows, ...others].join("\n");
}

function renderTally({ ran, blocked, failed, lastProblem }: Tally): string {
  if (ran === 0) return "has not run";
  const parts = [
    `ran ${ran}`,
    ...(blocked > 0 ? [`blocked ${blocked}`] : []),
    ...(failed > 0 ? [`failed ${failed}, last: ${lastProblem}`] : []),
  ];
  return parts.join(", ");
}
