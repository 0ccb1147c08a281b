// @course/s07-permissions: what may run, for later chapters.
export { permissionFlags, permissions } from "./permissions.ts";
export { Policy, type Mode, type Verdict } from "./policy.ts";
export { parseRule, type Rule } from "./rules.ts";
export { loadSettings, type Settings } from "./settings.ts";
export { readShell, type Reading, type ShellCommand, type Word } from "./shell-reader.ts";
