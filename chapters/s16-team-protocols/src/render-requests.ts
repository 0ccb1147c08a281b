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
      const why = reason === "" ? "" : ` (${onOneLine(reason)})`;
      const asked = kind === "plan" ? `: ${shortened(onOneLine(payload), PAYLOAD_CHARACTERS)}` : "";
      return `${MARKS[status]} ${id} ${kind} ${from} → ${to} ${status}${why}${asked}`;
    })
    .join("\n");
}

/** A model's words: a line of theirs must not look like a request of its own. */
function onOneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}
