// @course/s11-error-recovery: model calls that go on after a failure, for later chapters.
export { classifyError, classifyReply, type Trouble, type TroubleKind } from "./classify.ts";
export { errorRecovery } from "./error-recovery.ts";
export type { Effects } from "./recover.ts";
export { RecoveryState, BUDGET } from "./recovery-state.ts";
