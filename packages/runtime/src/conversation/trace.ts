// The trace: every event of a session as one JSON line, in the order in which it happened. Its first line says what it is
// a trace of, and what was said before it began follows, so that each request can be rebuilt from the file alone.
import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { AgentEvent, StampedEvent } from "./events.ts";
import type { Session } from "./session.ts";
import { errorMessage } from "../errors.ts";

/** Raised when a reader of before would misunderstand what is written now. */
const VERSION = 1;

/** What a trace is a trace of, as far as it is known. */
export interface Traced {
  /** The agent's name, as in s13. */
  chapter?: string;
  /** What it was started with. */
  flags?: Readonly<Record<string, string | boolean | undefined>>;
  /** The folder that it works in. */
  folder?: string;
}

/**
 * Appends every event to the file, which is made with its folder; `redact` is given each as JSON, and leaves out what
 * must not be kept. Returns the function that stops it.
 */
export function traceTo(
  path: string,
  session: Session,
  traced: Traced = {},
  redact = (json: string): string => json,
): () => void {
  mkdirSync(dirname(path), { recursive: true });
  const write = (event: StampedEvent) => appendFileSync(path, `${redact(JSON.stringify(event))}\n`);
  const writeNow = (event: AgentEvent) => write({ ...event, at: Date.now() });
  const detail = { version: VERSION, ...traced, offline: session.model.isOffline };
  writeNow({ type: "extension", extension: "trace", kind: "began", detail });
  const before = session.told;
  before.forEach(writeNow);
  let isFirst = before.length === 0;
  const stop = session.on((event) => {
    try {
      // A conversation that was taken up since, as full's --continue does.
      if (isFirst) session.history.forEach(write);
      isFirst = false;
      write(event);
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
