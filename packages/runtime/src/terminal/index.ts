// @course/runtime/terminal: what a chapter's main.ts starts.
export type { Card, ChapterFlag, ChapterModule, FlagValues, TryIt } from "./chapter.ts";
export { loadChapters, readCard, REPOSITORY, stack } from "./chapter.ts";
export { startTerminal } from "./start.ts";
