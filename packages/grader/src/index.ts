// @course/grader: grades any agent, in any language, as a black box over the wire.
export type { Stage } from "./check.ts";
export { stages } from "./stages/index.ts";
