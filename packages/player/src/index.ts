// @course/player: from the events of a session to what each request saw. No framework, and it runs in a browser.
export { blocksOf, type Block, type BlockKind, type Message, type Tool } from "./blocks.ts";
export type { Moment } from "./conversation.ts";
export { isBefore, type Extent, type Position } from "./extent.ts";
export { happeningOf, type Actor, type Happening } from "./happening.ts";
export type { Lane, Mark, Span } from "./lanes.ts";
export { framesOf, Player, type Frame, type NextRequest } from "./player.ts";
export { MAIN } from "./unwrapped.ts";
