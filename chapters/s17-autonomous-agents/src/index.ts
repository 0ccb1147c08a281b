// @course/s17-autonomous-agents: teammates that take tasks by themselves, for later chapters.
export { autonomousAgents, autonomyFlags, idleSeconds } from "./autonomous-agents.ts";
export { ClaimDesk, type Claimed } from "./claim-desk.ts";
export { keepClaim } from "./claims.ts";
