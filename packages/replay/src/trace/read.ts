// A saved trace, ours or anybody's: what is known of it is read, and what is not is said. A broken line, a last line that
// was cut off, an event of another version: each is a remark, and the rest is played.
import type { StampedEvent } from "@course/runtime";
import { isObject, type Json } from "../json.ts";
import { readLines, type Line } from "../lines.ts";
import { Filler } from "./filler.ts";
import { knownEvent } from "./known.ts";

/** What `--trace` writes into the first line. A trace of before has none. */
export interface TraceHeader {
  version: number;
  /** Short name, as in s13. */
  chapter: string;
  /** The chapter's own flags, and --with. */
  flags: Readonly<Record<string, string | boolean>>;
  isOffline: boolean;
  /** Where it happened; "" where that is not known. */
  folder: string;
}

export interface Trace {
  path: string;
  events: readonly StampedEvent[];
  header: TraceHeader | undefined;
  /** A line each. */
  remarks: readonly string[];
  /** Whether messages are missing at its beginning, so that no request can be rebuilt. */
  isPartial: boolean;
}

const KNOWN_VERSION = 1;
/** Of one kind. */
const LINES_NAMED = 5;

/** Rejects with an Error that names the file where there is no event in it at all, and the file system's errors. */
export async function readTrace(path: string): Promise<Trace> {
  const reader = new TraceReader();
  for await (const line of readLines(path)) reader.add(line);
  const trace = { path, ...reader.end() };
  if (trace.events.length > 0) return trace;
  const what = reader.isLikeClaudeCode
    ? `It looks like a session of Claude Code: npm run replay -- --claude-code ${path}`
    : "A trace is what --trace writes, as in: npm run s13 -- --trace";
  throw new Error(`${path} holds no event of a trace. ${what}`);
}

class TraceReader {
  readonly #events: StampedEvent[] = [];
  readonly #filler = new Filler();
  /** What is wrong, and in which lines. */
  readonly #problems = new Map<string, number[]>();
  #header: TraceHeader | undefined;
  #time = 0;
  isLikeClaudeCode = false;

  add(line: Line): void {
    if (line.text?.trim() === "") return;
    const value = this.#valueOf(line);
    if (value === undefined) return;
    if (isObject(value)) {
      if ("sessionId" in value || "parentUuid" in value) this.isLikeClaudeCode = true;
      // The first line of a session that full keeps.
      if (value["type"] === "session" && "startedAt" in value) return this.#takeSession(value);
    }
    const known = knownEvent(value, this.#time);
    if (known.kind === "unknown")
      return this.#note(
        known.type === "" ? "no event" : `an event "${known.type}", which is not known here`,
        line,
      );
    if (known.kind === "malformed")
      return this.#note(`a "${known.type}" that is not as expected (${known.why})`, line);
    const { event } = known;
    this.#time = event.at;
    const header = headerIn(event);
    if (header) this.#header = header;
    else this.#events.push(...this.#filler.fill(event));
  }

  end(): Omit<Trace, "path"> {
    const { version = 0 } = this.#header ?? {};
    const newer =
      version > KNOWN_VERSION
        ? [
            `It was written by a newer version of the course (its traces have the number ${version}; ${KNOWN_VERSION} is known here).`,
          ]
        : [];
    const isPartial = this.#filler.isPartial;
    const partial = isPartial
      ? ["It begins in the middle of a conversation: what was said before is not in it."]
      : [];
    return {
      events: this.#events,
      header: this.#header,
      isPartial,
      remarks: [...newer, ...partial, ...[...this.#problems].map(([what, lines]) => remark(what, lines))],
    };
  }

  #valueOf(line: Line): unknown {
    if (line.text === undefined) return this.#note("too long to be read", line);
    try {
      return JSON.parse(line.text) as unknown;
    } catch {
      return this.#note(line.isEnded ? "no JSON" : "cut off: the program that wrote it was ended", line);
    }
  }

  #takeSession(value: Json): void {
    this.#header = { version: KNOWN_VERSION, chapter: "full", flags: {}, isOffline: false, folder: "" };
    if (value["version"] !== 1) this.#note("the header of a session of another version", { number: 1 });
  }

  #note(what: string, { number }: { number: number }): undefined {
    const lines = this.#problems.get(what) ?? [];
    lines.push(number);
    this.#problems.set(what, lines);
  }
}

function headerIn(event: StampedEvent): TraceHeader | undefined {
  if (event.type !== "extension" || event.extension !== "trace" || event.kind !== "began") return undefined;
  const { version, chapter, flags, offline, folder } = event.detail;
  const values = Object.entries(isObject(flags) ? flags : {}).filter(
    (entry): entry is [string, string | boolean] =>
      typeof entry[1] === "string" || typeof entry[1] === "boolean",
  );
  return {
    version: typeof version === "number" ? version : 0,
    chapter: typeof chapter === "string" ? chapter : "",
    flags: Object.fromEntries(values),
    isOffline: offline === true,
    folder: typeof folder === "string" ? folder : "",
  };
}

function remark(what: string, lines: readonly number[]): string {
  const named = lines.slice(0, LINES_NAMED).join(", ");
  const more = lines.length > LINES_NAMED ? ` and ${lines.length - LINES_NAMED} more` : "";
  return lines.length === 1
    ? `Line ${named} is left out: ${what}.`
    : `Lines ${named}${more} are left out: ${what}.`;
}
