// npm run grade -- "python3 my_agent.py": grades any agent, in any language, as a black box.
import { constants } from "node:os";
import { runMain, screenOn } from "@course/runtime/terminal";
import { parseFlags, HELP, type Flags } from "./flags.ts";
import { firstLook, grade } from "./grade.ts";
import { Report, totalsOf } from "./report.ts";
import { stages } from "./stages/index.ts";

const stop = new AbortController();
/** Of a run that a signal ended. */
let interrupted = 0;
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(name, () => {
    interrupted ||= 128 + constants.signals[name];
    stop.abort();
  });

void runMain(() => {
  const flags = parseFlags(process.argv.slice(2), stages, process.env);
  if (flags !== "help") return flags.json ? gradeAsJson(flags) : gradeForReader(flags);
  console.log(HELP);
  return 0;
});

async function gradeForReader({ program, stages: chosen }: Flags): Promise<number> {
  const screen = screenOn(process.stdout);
  const report = new Report(screen);
  screen.status(`A first run of ${program.command}`);
  const first = await firstLook(program, stop.signal);
  screen.status(undefined);
  if (stop.signal.aborted) return interrupted;
  report.firstLook(program.command, first);
  if (first.problem !== undefined) return 1;
  const left = chosen.map(({ name }) => name);
  screen.status(`Grading ${left.join(", ")}`);
  const graded = await grade(program, chosen, stop.signal, (stage) => {
    if (stop.signal.aborted) return;
    left.shift();
    report.stage(stage);
    screen.status(left.length > 0 ? `Grading ${left.join(", ")}` : undefined);
  });
  screen.status(undefined);
  if (stop.signal.aborted) return interrupted;
  report.end(graded);
  return exitCode(totalsOf(graded));
}

async function gradeAsJson({ program, stages: chosen }: Flags): Promise<number> {
  const first = await firstLook(program, stop.signal);
  const graded = first.problem === undefined ? await grade(program, chosen, stop.signal) : [];
  if (stop.signal.aborted) return interrupted;
  const totals = totalsOf(graded);
  const code = exitCode(totals);
  console.log(
    JSON.stringify(
      { command: program.command, ok: code === 0, ...first, ...totals, stages: graded },
      undefined,
      2,
    ),
  );
  return code;
}

/** Where no check applies, none has passed. */
function exitCode({ passed, failed }: { passed: number; failed: number }): number {
  return failed === 0 && passed > 0 ? 0 : 1;
}
