// @course/runtime/terminal: what a chapter's main.ts starts.
export type { Card, ChapterFlag, ChapterModule, FlagValues, TryIt } from "./chapter.ts";
export { readCard, readEdition, REPOSITORY } from "./repository.ts";
export { startTerminal } from "./start.ts";
export type { Screen } from "./screen.ts";
export { screenOn } from "./style.ts";
export { bold, dim, green, red, wrapped, yellow, type Text } from "./text.ts";
