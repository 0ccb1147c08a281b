// @course/s08-hooks: the user's programs at fixed points of the loop, for later chapters.
export type { HookFile } from "./hook.ts";
export { readHookFile } from "./hook-settings.ts";
export { hookFlags, hooks, type MoreHooks } from "./hooks.ts";
