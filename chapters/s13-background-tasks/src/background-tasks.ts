// The manager as an extension: two tools, the drain before each model call, /bg and /lanes.
import {
  defineTool,
  type Command,
  type Extension,
  type FlagValues,
  type Tool,
  type Workspace,
} from "@course/runtime";
import { BackgroundManager } from "./background-manager.ts";
import { Lanes } from "./lanes.ts";
import { openRemoteLane } from "./remote-lanes.ts";
import {
  describeFound,
  describeGoingOn,
  describeStopped,
  renderList,
  renderRecord,
  renderResults,
} from "./render-tasks.ts";
import { DEFAULT_TIMEOUT_SECONDS, isActive } from "./runtime-task.ts";
import { traceTask } from "./trace-task.ts";

export function backgroundTasks(workspace: Workspace, { lanes: url }: FlagValues = {}): Extension {
  let report = (_problem: string) => {};
  const manager = new BackgroundManager(workspace, (problem) => report(problem));
  const lanes = new Lanes();
  return {
    name: "background-tasks",
    tools: [backgroundRun(manager), checkBackground(manager)],
    commands: {
      bg: bg(manager),
      lanes: {
        description: "draws what ran when",
        isAlone: true,
        run: (_argument, _session, columns) => lanes.draw(manager.list(), Date.now(), columns),
      },
    },
    beforeModel(session) {
      const ended = manager.drain();
      if (ended.length > 0) session.inject(renderResults(ended));
    },
    status: () => (manager.activeCount > 0 ? `${manager.activeCount} in background` : undefined),
    isBusy: () => manager.isBusy,
    async start(session) {
      report = (message) => session.notice(message);
      if (typeof url === "string") manager.lane = await openRemoteLane(url, workspace, report);
      lanes.watch(session);
      manager.onEnded((record) => session.wake(`${record.id} ${record.status}`));
      manager.recover();
      for (const found of describeFound(manager.list())) report(found);
    },
    async stop() {
      if (manager.lane.close) {
        for (const left of describeGoingOn(manager.list().filter(isActive))) report(left);
        return manager.lane.close();
      }
      const ended = await manager.stopAll();
      if (ended.length > 0) report(describeStopped(ended));
    },
  };
}

function backgroundRun(manager: BackgroundManager): Tool {
  return defineTool({
    name: "background_run",
    description:
      "Starts a slow shell command in the background and returns its id at once. Its result arrives by itself in a <background-results> block; do not poll for it.",
    input: (z) =>
      z.object({
        command: z.string().min(1),
        timeout_seconds: z
          .number()
          .positive()
          .max(86_400)
          .optional()
          .describe(`Default ${DEFAULT_TIMEOUT_SECONDS}`),
      }),
    run({ command, timeout_seconds }, { session }) {
      const record = manager.run(command, { timeoutSeconds: timeout_seconds });
      traceTask(record, manager, session);
      return `Started ${record.id} (${record.status}). Output goes to ${record.outputFile}.`;
    },
  });
}

function checkBackground(manager: BackgroundManager): Tool {
  return defineTool({
    name: "check_background",
    description: "Shows one background task with the end of its output, or lists all.",
    readOnly: true,
    input: (z) => z.object({ task_id: z.string().optional() }),
    run({ task_id }) {
      if (task_id !== undefined) return renderRecord(manager.check(task_id));
      return renderList(manager.list());
    },
  });
}

function bg(manager: BackgroundManager): Command {
  return {
    description: "lists background tasks; /bg stop ID, or /bg stop all, ends them",
    complete: () => ["stop", "all", ...manager.list().map(({ id }) => id)],
    async run(argument) {
      const [verb = "", id = ""] = argument.split(/\s+/);
      if (verb === "") return renderList(manager.list());
      if (verb !== "stop" || id === "") return "Write /bg, /bg stop ID, or /bg stop all.";
      const ids =
        id === "all"
          ? manager
              .list()
              .filter(isActive)
              .map((record) => record.id)
          : [id];
      if (ids.length === 0) return "No background task is running.";
      const stopped = await Promise.all(ids.map((one) => manager.stop(one)));
      return renderList(stopped);
    },
  };
}
