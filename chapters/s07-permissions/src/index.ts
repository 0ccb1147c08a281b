// @course/s07-permissions: what may run, for later chapters.
export { openSettings, type JsonNode, type JsonSettings } from "./json-settings.ts";
export { permissionFlags, permissionMode, permissions, wasRefused } from "./permissions.ts";
export type { Verdict } from "./pipeline.ts";
export { Policy } from "./policy.ts";
export { parseRule, type Rule } from "./rules.ts";
export {
  applyGrant,
  escaped,
  keepRules,
  loadSettings,
  renderGrant,
  type Grant,
  type Mode,
  type Settings,
} from "./settings.ts";
export { Trust, trustFlag, type TrustRequest } from "./trust.ts";
