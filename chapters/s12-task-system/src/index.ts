// @course/s12-task-system: the task graph, for later chapters.
export { FileLock } from "./file-lock.ts";
export { removeLeftovers } from "./leftovers.ts";
export { nextNumber } from "./next-number.ts";
export {
  openBlockers,
  TaskBoard,
  type BeforeUpdate,
  type Task,
  type TaskChange,
  type TaskStatus,
} from "./task-board.ts";
export { taskSystem, taskTools } from "./task-tools.ts";
