// Which events are known, and what each must have to be played. All else of an event stays as it was written.
// A new kind of event is a line here: the compiler asks for it, and until then a trace with it is read without it.
import { schema, type AgentEvent, type StampedEvent, type Zod } from "@course/runtime";
import { isObject, textAt } from "../json.ts";

const shapes = schema((z) => {
  const { blocks, messages, request, usage, count } = parts(z);
  const text = z.looseObject({ text: z.string() });
  const message = z.looseObject({ message: z.string() });
  const call = z.looseObject({ id: z.string(), name: z.string() });
  const list = z.array(z.looseObject({ name: z.string() }));
  const result = z.looseObject({ content: z.union([z.string(), blocks]) });
  return z.object({
    prompt: text,
    prefix: z.looseObject({ system: z.string(), tools: list }),
    deferred_tools: z.looseObject({ tools: list }),
    appended: z.looseObject({ message: count, role: z.enum(["user", "assistant"]), blocks }),
    edited: z.looseObject({ from: count, messages }),
    model_started: z.looseObject({ request }),
    text,
    thinking: text,
    model_ended: z.looseObject({ stopReason: z.string().nullable(), usage, durationMs: z.number() }),
    tool_started: call,
    tool_ended: call.extend({ result, durationMs: z.number() }),
    tool_progress: call.extend({ done: z.number() }),
    injected: text,
    wake: z.looseObject({ reason: z.string() }),
    notice: message,
    waiting: z.looseObject({ reason: z.string(), ms: z.number() }),
    display: text,
    error: message,
    cleared: z.looseObject({}),
    prompt_taken_back: text,
    run_ended: z.looseObject({ stopReason: z.string(), answer: z.string() }),
    subagent: z.looseObject({
      id: z.number(),
      label: z.string(),
      event: z.looseObject({ type: z.string() }),
    }),
    extension: z.looseObject({ extension: z.string(), kind: z.string(), detail: z.looseObject({}) }),
  } satisfies Readonly<Record<AgentEvent["type"], unknown>>);
});

function parts(z: Zod) {
  const blocks = z.array(z.looseObject({ type: z.string() }));
  const count = z.int().min(0).max(1_000_000);
  const messages = z.array(
    z.looseObject({ role: z.enum(["user", "assistant"]), content: z.union([z.string(), blocks]) }),
  );
  const added = z.array(z.looseObject({ role: z.string(), content: z.union([z.string(), blocks]) }));
  const request = z.looseObject({ messages: z.looseObject({ count, added }) });
  const usage = z.looseObject({
    input: z.number(),
    cacheRead: z.number(),
    cacheWrite: z.number(),
    output: z.number(),
    thinking: z.number(),
  });
  return { blocks, count, messages, request, usage };
}

/** What a line of a trace turned out to be. */
export type Known =
  | { kind: "event"; event: StampedEvent }
  | { kind: "unknown"; type: string }
  | { kind: "malformed"; type: string; why: string };

/** `time` stands in where the event has none. */
export function knownEvent(value: unknown, time: number): Known {
  const type = textAt(value, "type");
  const known = shapes().shape;
  if (!isObject(value) || !Object.hasOwn(known, type)) return { kind: "unknown", type };
  const { success, error } = known[type as AgentEvent["type"]].safeParse(value);
  if (!success) {
    const [issue] = error.issues;
    return {
      kind: "malformed",
      type,
      why: `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not as expected"}`,
    };
  }
  if (type === "subagent") {
    const inner = knownEvent(value["event"], time);
    if (inner.kind !== "event") return inner;
  }
  const at = typeof value["at"] === "number" ? value["at"] : time;
  return { kind: "event", event: { ...value, at } as StampedEvent };
}
