// @course/s02-tool-use: the tools themselves are the runtime's, because every later chapter has them.
export { createAgent } from "./agent.ts";
