// This machine as a lane: commands are its child processes.
import { spawnShell, type Workspace } from "@course/runtime";
import type { Lane } from "./lane.ts";
import { runningAs } from "./runtime-task.ts";

export const localLane = ({ root }: Workspace): Lane => ({
  atOnce: 16,
  start({ command, timeoutSeconds }) {
    const shell = spawnShell(command, { cwd: root, timeoutMs: timeoutSeconds * 1000 });
    return { ...shell, running: runningAs(shell.pid) };
  },
});
