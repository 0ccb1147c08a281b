// Requests as text, for the model and for the user.
import { shortened } from "@course/runtime";
import type { RequestRecord } from "./request-book.ts";

const PAYLOAD_CHARACTERS = 60;
const MARKS: Readonly<Record<RequestRecord["status"], string>> = {
  pending: "○",
  approved: "✓",
  rejected: "✗",
  expired: "-",
};

export function renderRequests(records: readonly RequestRecord[]): string {
  if (records.length === 0) return "No requests.";
  return records
    .map(({ id, kind, from, to, status, payload, reason }) => {
      const what = shortened(payload.replace(/\s+/g, " "), PAYLOAD_CHARACTERS);
      const asked = kind === "plan" ? `: ${what}` : "";
      return `${MARKS[status]} ${id} ${kind} ${from} → ${to} ${status}${reason === "" ? "" : ` (${reason})`}${asked}`;
    })
    .join("\n");
}
