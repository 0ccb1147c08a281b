// @course/s09-memory: what a later session should know, for later chapters.
export { memory, memoryFlags } from "./memory.ts";
export { MemoryStore, type Memory } from "./memory-store.ts";
export { findSecret } from "./secrets.ts";
export { trackedFiles } from "./tracked.ts";
