// @course/full: what the capstone adds to the chapters.
export { appendedPrompt } from "./appended-prompt.ts";
export { flags, modes, readFlags } from "./flags.ts";
export { sessions } from "./sessions.ts";
export { without } from "./without.ts";
