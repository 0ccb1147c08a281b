// The trace: every event of a session as one JSON line, in the order in which it happened.
import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Session } from "./session.ts";
import { errorMessage } from "../errors.ts";

/** Appends every event to the file, which is made with its folder. Returns the function that stops it. */
export function traceTo(path: string, session: Session): () => void {
  mkdirSync(dirname(path), { recursive: true });
  const stop = session.on((event) => {
    try {
      appendFileSync(path, `${JSON.stringify(event)}\n`);
    } catch (error) {
      // A trace that cannot be written must not end what it traces.
      stop();
      session.emit({
        type: "notice",
        message: `Tracing stopped: ${errorMessage(error)}`,
      });
    }
  });
  return stop;
}
