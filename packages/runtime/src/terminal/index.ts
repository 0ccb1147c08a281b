// @course/runtime/terminal: what a chapter's main.ts starts.
export {
  stack,
  type Card,
  type ChapterFlag,
  type ChapterModule,
  type FlagValues,
  type TryIt,
} from "./chapter.ts";
export { readCommandLine } from "./command-line.ts";
export { loadEnvironment } from "./environment.ts";
export { readCard, readEdition, REPOSITORY } from "./repository.ts";
export { runMain } from "./run-main.ts";
export { startTerminal } from "./start.ts";
export type { Screen } from "./screen.ts";
export { screenOn } from "./style.ts";
export { bold, columnsOf, cut, cyan, dim, green, red, spansOf, wrapped, yellow, type Text } from "./text.ts";
export { redactor, secretsIn } from "./secrets.ts";
export { harmless } from "./control-characters.ts";
export { inputLine, oneLine, preview } from "./previews.ts";
