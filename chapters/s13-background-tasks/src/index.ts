// @course/s13-background-tasks: background execution, for later chapters.
export { BackgroundManager } from "./background-manager.ts";
export { backgroundTasks } from "./background-tasks.ts";
export type { Lane, RunOptions } from "./lane.ts";
export { Lanes } from "./lanes.ts";
export { laneFlags } from "./remote-lanes.ts";
export { renderResults } from "./render-tasks.ts";
export { LOG_BYTES } from "./task-log.ts";
export type { RuntimeTaskRecord, RuntimeTaskStatus } from "./runtime-task.ts";
