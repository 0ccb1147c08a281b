// A process that makes traces for traces.ts, one after the other.
import { dirname } from "node:path";
import { BreakIts } from "../../../scripts/lib/break-it.ts";
import { parseDirective } from "../../../scripts/lib/directive.ts";
import { fill } from "../../../scripts/lib/directives.ts";
import { Runs, type Run } from "../../../scripts/lib/runs.ts";
import type { TraceAnswer, TraceJob } from "./traces.ts";

/** On a busy machine, things that end together may be told apart: the same bound as that of npm run docs:check. */
const TRIES = 6;

// Nothing that it starts may keep it alive when its parent is gone.
process.on("disconnect", () => process.exit());
process.on("message", (job: TraceJob) => {
  void answer(job).then((answered) => process.send?.(answered));
});

async function answer(job: TraceJob): Promise<TraceAnswer> {
  let fault: string | undefined;
  let trace = "";
  for (let left = TRIES; left > 0; left--) {
    const runs = new Runs();
    try {
      fault = await differenceIn(job, runs);
      trace = traceOf(await runs.get(...job.run));
      if (fault === undefined) return { trace };
    } catch (error) {
      fault = `${job.name}: ${error instanceof Error ? error.message : String(error)}`;
    } finally {
      await runs.end();
    }
  }
  return { trace, fault };
}

async function differenceIn({ blocks }: TraceJob, runs: Runs): Promise<string | undefined> {
  for (const { page, directive, whole } of blocks) {
    const [name = "", rest = ""] = directive.split(/(?<=^\w+)(?= |$)/);
    const filled = await fill(parseDirective(name, rest), { page, runs, breaks: new BreakIts([]) });
    if (whole !== `<!-- ${directive} -->\n\n${filled}\n\n<!-- end -->`)
      return `${page}: <!-- ${directive} --> prints what its run does not. Run npm run docs, and read what changed.`;
  }
  return undefined;
}

/**
 * The events as lines of JSON. The folder and the ids of tasks are named as the page names them; stacks hold
 * paths of the machine that built the site, and are left out.
 */
function traceOf({ events, folder }: Run): string {
  const ids = new Map<string, string>();
  const steady = (key: string, value: unknown) => (key === "stack" ? undefined : value);
  let trace = events
    .map((event) => JSON.stringify(event, steady))
    .join("\n")
    .replaceAll(folder, "~/playground")
    .replaceAll(dirname(folder), "~");
  // A reply that was cut off may end within the folder's name.
  for (let end = folder.length - 1; end >= folder.indexOf("/", 1); end--)
    trace = trace.replaceAll(`${folder.slice(0, end)}"`, '~"');
  return trace.replace(/bg_[0-9a-f]{6}/g, (id) => {
    const name = ids.get(id) ?? `bg_${ids.size + 1}`;
    ids.set(id, name);
    return name;
  });
}
