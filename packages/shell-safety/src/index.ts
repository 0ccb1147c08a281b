// @course/shell-safety: what makes a command line safe to judge.
export { withNames, expanded } from "./globs.ts";
export { GIT_READERS } from "./git-readers.ts";
export { hasRow, readOnlyUse } from "./read-only.ts";
export type { Use } from "./use.ts";
export { readShell, type Reading, type ShellCommand } from "./reader.ts";
export { READERS, type Reader } from "./readers.ts";
export type { Word } from "./words.ts";
export { baseName, isLauncher, runsArguments, runsInput, unfold } from "./wrappers.ts";
