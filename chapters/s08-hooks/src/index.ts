// @course/s08-hooks: the user's programs at fixed points of the loop, for later chapters.
export { hookFlags, hooks } from "./hooks.ts";
