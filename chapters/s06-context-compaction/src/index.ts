// @course/s06-context-compaction: room in the window, for later chapters.
export { compaction, compactionFlags, windowSize } from "./compaction.ts";
export { Compactor, type Compacted } from "./compactor.ts";
export { ContextWindow } from "./context-window.ts";
export { type ContextParts } from "./estimate.ts";
