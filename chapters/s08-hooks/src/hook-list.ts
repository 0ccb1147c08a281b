// What /hooks shows: what is configured, from which file, and what each hook did.
import type { NotRun } from "./hook.ts";
import { shortened, type HookRunner, type Tally } from "./hook-runner.ts";

export function renderHooks(runner: HookRunner, notRun: readonly NotRun[]): string {
  const rows = [
    ...[...runner.tallies].map(([{ event, matcher = "", command, args = [], source }, tally]) =>
      row(event, matcher, [command, ...args].join(" "), `${source}: ${renderTally(tally)}`),
    ),
    ...notRun.map(({ event, what, reason, source }) =>
      row(event, "not run here", what, `${source}: ${reason}`),
    ),
  ];
  if (rows.length > 0) return rows.join("\n");
  return "  No hooks. They are configured under hooks in .claude/settings.json or ~/.claude/settings.json.";
}

function row(event: string, matcher: string, what: string, detail: string): string {
  return `  ${event.padEnd(20)}${matcher.padEnd(14)}  ${shortened(what)}\n  ${"".padEnd(20)}${detail}`;
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
