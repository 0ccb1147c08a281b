// What a session's file holds: a line that says whose it is, then one line for each event of the conversation, in the
// order in which they happened. It is the whole conversation: messages, and the system prompt and tools before them.
// Not covered: a change of this format. A file of another version is refused, never guessed at.
import { errorMessage, readPlainFile, schema, type AgentEvent, type StampedEvent } from "@course/runtime";

/**
 * The first line of a session's file; events follow, one a line.
 *
 * @record `.sessions/<id>.jsonl`, durable, appended to as things happen; `.sessions/<id>.lock` names the program that has it
 */
export interface SessionHeader {
  type: "session";
  version: 1;
  id: string;
  /** The model that it began with. */
  model: string;
  startedAt: string;
  /** The session that this one is a copy of. */
  forkedFrom?: string | undefined;
}

/** JavaScript holds no longer text. */
const LARGEST_FILE = 500 * 1024 * 1024;

/** Events without which the conversation, or the state of a mechanism, could not be made again. */
const KEPT: ReadonlySet<AgentEvent["type"]> = new Set([
  "prefix",
  "deferred_tools",
  "appended",
  "edited",
  "prompt",
  "prompt_taken_back",
  "tool_started",
  "tool_ended",
  "run_ended",
  "extension",
]);

export const isKept = ({ type }: AgentEvent): boolean => KEPT.has(type);

const headerSchema = schema((z) =>
  z.object({
    type: z.literal("session"),
    version: z.literal(1),
    id: z.string(),
    model: z.string(),
    startedAt: z.string(),
    forkedFrom: z.string().optional(),
  }),
);

const eventSchema = schema((z) => {
  const at = z.number();
  const blocks = z.array(z.looseObject({ type: z.string() }));
  const role = z.enum(["user", "assistant"]);
  const messages = z.array(z.object({ role, content: z.union([z.string(), blocks]) }));
  const from = z.int().min(0);
  return z.discriminatedUnion("type", [
    z.looseObject({ type: z.literal("prefix"), at, system: z.string(), tools: z.array(z.looseObject({})) }),
    z.looseObject({ type: z.literal("deferred_tools"), at, tools: z.array(z.looseObject({})) }),
    z.looseObject({ type: z.literal("appended"), at, message: from, role, blocks }),
    z.looseObject({ type: z.literal("edited"), at, from, messages }),
    z.looseObject({ type: z.enum(["prompt", "prompt_taken_back"]), at, text: z.string() }),
    z.looseObject({ type: z.literal("tool_started"), at, id: z.string(), name: z.string() }),
    z.looseObject({
      type: z.literal("tool_ended"),
      at,
      id: z.string(),
      result: z.looseObject({ content: z.union([z.string(), blocks]) }),
    }),
    z.looseObject({ type: z.literal("run_ended"), at }),
    z.looseObject({ type: z.literal("extension"), at, detail: z.looseObject({}) }),
  ]);
});

export interface KeptSession {
  header: SessionHeader;
  events: StampedEvent[];
  /** How many bytes of the file are whole lines. A kill may have torn the last one. */
  bytes: number;
}

/** Reads a session's file. Throws an Error with the line and the reason where one is not as it was written. */
export function readSession(path: string): KeptSession {
  const whole = readWhole(path);
  const bytes = whole.lastIndexOf("\n") + 1;
  const [first = "", ...rest] = whole.toString("utf8", 0, Math.max(0, bytes - 1)).split("\n");
  const header = parseLine(first, path, 1, (value) => headerSchema().parse(value));
  const toNext = inOrder();
  const events = rest.map((line, index) =>
    parseLine(line, path, index + 2, (value) => toNext(toEvent(value))),
  );
  return { header, events, bytes };
}

/** The bytes of a session's file. Throws the file system's errors. */
export const readWhole = (path: string): Buffer => readPlainFile(path, LARGEST_FILE);

/** What an event must have is checked; all else stays as it was written, byte for byte. */
function toEvent(value: unknown): StampedEvent {
  eventSchema().parse(value);
  return value as StampedEvent;
}

/** Lets events pass whose messages follow on those before. A line that is missing would leave a hole. */
function inOrder(): (event: StampedEvent) => StampedEvent {
  let count = 0;
  return (event) => {
    if (event.type !== "appended" && event.type !== "edited") return event;
    const at = event.type === "appended" ? event.message : event.from;
    if (at > count) throw new Error(`message ${at} is told, and there are ${count} before`);
    count = event.type === "appended" ? Math.max(count, at + 1) : at + event.messages.length;
    return event;
  };
}

function parseLine<T>(line: string, path: string, number: number, parse: (value: unknown) => T): T {
  try {
    return parse(JSON.parse(line));
  } catch (error) {
    const reason = errorMessage(error).replace(/\s+/g, " ").slice(0, 200);
    throw new Error(
      `${path}, line ${number}, is not as it was written: ${reason}. Mend the line, or delete the file.`,
      { cause: error },
    );
  }
}
