// @course/s01-agent-loop
export { callOnce } from "./call-once.ts";
export { agentLoop, type LoopOptions } from "./loop.ts";
