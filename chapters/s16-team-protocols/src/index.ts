// @course/s16-team-protocols: requests and answers between agents, for later chapters.
export { RequestBook, type RequestRecord } from "./request-book.ts";
export { teamProtocols } from "./team-protocols.ts";
export { TRANSITIONS, next, type Actor, type RequestAction, type RequestStatus } from "./transitions.ts";
