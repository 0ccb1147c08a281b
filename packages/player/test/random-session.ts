// Sessions in which anything happens in any order, and their events: what properties of the player are tested on.
import * as fc from "fast-check";
import { Session, type ModelClient, type StampedEvent } from "@course/runtime";

const model: ModelClient = {
  id: "claude-sonnet-5-5",
  endpoint: "none",
  reason: "",
  isOffline: true,
  sdk: () => Promise.reject(new Error("nobody calls it")),
  close: () => Promise.resolve(),
};

type Step =
  | { do: "prompt" | "inject" | "draft"; text: string }
  | { do: "turn"; thinks: boolean; calls: number; text: string }
  | { do: "edit"; keep: number; text: string }
  | { do: "clear" | "take back" | "new prefix" | "fork" | "reply only" };

const text = fc.string({ maxLength: 8 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("prompt", "inject", "draft"), text }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant("turn"), thinks: fc.boolean(), calls: fc.nat(2), text }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("edit"), keep: fc.nat(6), text }) },
  fc.record({ do: fc.constantFrom("clear", "take back", "new prefix", "fork", "reply only") }),
);
export const steps = fc.array(step, { minLength: 1, maxLength: 25 });

export interface Held {
  session: Session;
  events: StampedEvent[];
  /** What the session held when each event was told. */
  held: string[];
}

/** Does the steps in a session of its own. */
export async function hold(todo: readonly Step[]): Promise<Held> {
  const session = new Session(model);
  const events: StampedEvent[] = [];
  const held: string[] = [];
  session.on((event) => {
    events.push(structuredClone(event));
    held.push(JSON.stringify(session.messages));
  });
  for (const [number, one] of todo.entries()) await perform(session, one, number);
  return { session, events, held };
}

async function perform(session: Session, todo: Step, number: number): Promise<void> {
  switch (todo.do) {
    case "prompt":
      return session.addPrompt(todo.text);
    case "inject":
      return session.inject(`<note>${todo.text}</note>`);
    case "draft":
      session.emit({ type: "thinking", text: todo.text });
      return session.emit({ type: "text", text: "half" });
    case "turn":
      return takeTurn(session, todo, number);
    case "edit":
      session.edit([...session.messages.slice(0, todo.keep), { role: "user", content: todo.text }]);
      return;
    case "clear":
      return session.clear();
    case "take back":
      return void session.takeBackPrompt();
    case "new prefix":
      return session.renewPrefix();
    case "reply only":
      return void session.addReply(reply(number, false, 0, "half of it"));
    case "fork": {
      const fork = session.fork(`fork ${number}`);
      fork.addPrompt("do it");
      await takeTurn(fork, { thinks: true, calls: 1, text: "so" }, number);
      return fork.close();
    }
  }
}

type Turn = { thinks: boolean; calls: number; text: string };

async function takeTurn(session: Session, { thinks, calls, text }: Turn, number: number): Promise<void> {
  session.addResults([], "left open");
  const { system, tools } = await session.prefix(async () => ({ system: `be ${number}`, tools: [] }));
  session.noteRequest({
    model: model.id,
    max_tokens: 1,
    system,
    tools,
    messages: session.messages,
    stream: true,
  });
  session.emit({ type: "text", text });
  const said = reply(number, thinks, calls, text);
  session.countReply(said, 1);
  const admitted = session.addReply(said);
  for (const { id, name } of admitted) session.emit({ type: "tool_started", id, name, input: {} });
  // What is said while calls are open comes behind their results.
  if (number % 2 === 0) session.inject("<note>meanwhile</note>");
  session.addResults(admitted.map((call) => ({ type: "tool_result", tool_use_id: call.id, content: "ok" })));
}

function reply(number: number, thinks: boolean, calls: number, text: string) {
  const content = [
    ...(thinks ? [{ type: "thinking", thinking: text, signature: "s" }] : []),
    { type: "text", text: `${text}.` },
    ...Array.from({ length: calls }, (_, call) => ({
      type: "tool_use",
      id: `c${number}_${call}`,
      name: "t",
      input: {},
    })),
  ];
  const usage = {
    input_tokens: 1,
    output_tokens: 2,
    cache_read_input_tokens: 3,
    cache_creation_input_tokens: 4,
  };
  // The SDK's own type wants fields that no test reads.
  return { content, stop_reason: "end_turn", usage } as unknown as Parameters<Session["addReply"]>[0] &
    Parameters<Session["countReply"]>[0];
}
