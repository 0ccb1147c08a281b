// What a request may become, and through whom. Every kind of request follows this one table; nothing else changes a status.
import { ToolError } from "@course/runtime";

export type RequestStatus = "pending" | "approved" | "rejected" | "expired";
export type RequestAction = "approve" | "reject" | "expire";

export interface Transition {
  readonly from: RequestStatus;
  readonly action: RequestAction;
  /** Who may do it: the one who was asked, or the harness, when one of the two is gone. */
  readonly by: "addressee" | "harness";
  readonly to: RequestStatus;
}

export const TRANSITIONS: readonly Transition[] = [
  { from: "pending", action: "approve", by: "addressee", to: "approved" },
  { from: "pending", action: "reject", by: "addressee", to: "rejected" },
  { from: "pending", action: "expire", by: "harness", to: "expired" },
];

/** Who acts: a member of the team by name, or the harness. */
export type Actor = { member: string } | "harness";

interface Request {
  readonly id: string;
  readonly to: string;
  readonly status: RequestStatus;
}

/** The status after an action. Throws ToolError, which says why, where the table has no such step. */
export function next(request: Request, action: RequestAction, actor: Actor): RequestStatus {
  const { id, to, status } = request;
  if (actor !== "harness" && actor.member !== to)
    throw new ToolError(`${id} was put to ${to}, so ${actor.member} cannot answer it.`);
  const role = actor === "harness" ? "harness" : "addressee";
  const found = TRANSITIONS.find((row) => row.from === status && row.action === action && row.by === role);
  if (found) return found.to;
  const why = status === "pending" ? `"${action}" is not for ${to}` : `it is ${status} already`;
  throw new ToolError(`${id} stays as it is: ${why}.`);
}
