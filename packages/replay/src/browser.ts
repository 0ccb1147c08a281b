// A saved trace in the inspector's page. The address is for whoever reads the terminal; nothing is opened by itself, since
// what it is opened with can be read by all who may list this machine's programs.
import { Inspector, buildPage } from "@course/inspector";
import { bold, dim, yellow, type Screen } from "@course/runtime/terminal";
import { errorMessage } from "@course/runtime";
import { modelOf } from "./edit/model.ts";
import { stepIndex } from "./step.ts";
import type { Trace } from "./trace/read.ts";
import { traceSteps } from "./trace/steps.ts";

/** Serves the trace until Ctrl-C. Resolves with the exit code. Rejects with an Error that says what to do instead. */
export async function showInBrowser(trace: Trace, from: string | undefined, screen: Screen): Promise<number> {
  const steps = traceSteps(trace);
  const number = from === undefined ? 1 : stepIndex(from, steps, "--from") + 1;
  const name = trace.header?.chapter || "trace";
  const model = modelOf(trace.events) ?? "a model";
  const inspector = await Inspector.open({ page: await pageFor(screen), name, model, isLive: false });
  for (const event of trace.events) inspector.add(event);
  for (const remark of trace.remarks) screen.line(yellow(remark));
  screen.line(bold(`${inspector.address}${number === 1 ? "" : `#${name}:${number}`}`));
  screen.line(
    dim(
      `${steps.count} steps. Open the address in a browser on this machine; Ctrl-C ends it, --text shows it here.`,
    ),
  );
  const code = await ended();
  await inspector.close();
  return code;
}

async function pageFor(screen: Screen): ReturnType<typeof buildPage> {
  try {
    return await buildPage((line) => screen.line(dim(line)));
  } catch (error) {
    throw new Error(`${errorMessage(error)}\nIn the terminal it can be seen with --text.`, { cause: error });
  }
}

/** The server lets the program end, so something has to hold it. */
function ended(): Promise<number> {
  const held = setInterval(() => {}, 2 ** 30);
  return new Promise((resolve) => {
    for (const [signal, code] of [
      ["SIGINT", 0],
      ["SIGTERM", 143],
      ["SIGHUP", 129],
    ] as const)
      process.once(signal, () => {
        clearInterval(held);
        resolve(code);
      });
  });
}
