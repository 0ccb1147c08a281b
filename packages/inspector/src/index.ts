// @course/inspector: the player on a session, in a browser on this machine. Read only.
export { Inspector, type InspectorOptions } from "./inspector.ts";
export { inspectSession } from "./inspect-session.ts";
export { buildPage, type Page } from "./page.ts";
