// A session's events as lines for a person, in a pipe.
import { expect, test } from "vitest";
import { createModelClient, Session, type AgentEvent } from "../src/index.ts";
import { Renderer, type RendererOptions } from "../src/terminal/renderer.ts";
import { Screen } from "../src/terminal/screen.ts";

function open(options?: RendererOptions) {
  const session = new Session(createModelClient({ env: { ANTHROPIC_API_KEY: "k" } }));
  let text = "";
  const screen = new Screen({ write: (part) => void (text += part), columns: () => 60 });
  const renderer = new Renderer(screen, session, options);
  const emit = (...events: AgentEvent[]) => events.forEach((event) => session.emit(event));
  return {
    session,
    renderer,
    emit,
    /** What was written since the last look. */
    seen() {
      const seen = text;
      text = "";
      return seen;
    },
  };
}

test("a tool's name takes no more than half of the width", () => {
  const { emit, seen } = open();
  emit(started("1", "n".repeat(40), {}), ended("1", "n".repeat(40), "done"));
  expect(seen()).toContain(`● ${"n".repeat(29)}…`);
});

const usage = (input: number, output: number, cacheRead = 0) => ({
  input_tokens: input,
  output_tokens: output,
  cache_read_input_tokens: cacheRead,
});
const reply = (counts: object, stop_reason = "end_turn") =>
  ({ stop_reason, usage: counts }) as Parameters<Session["countReply"]>[0];
const ended = (id: string, name: string, content: string, more: object = {}): AgentEvent => ({
  type: "tool_ended",
  id,
  name,
  result: { content, ...more },
  durationMs: 0,
});
const started = (id: string, name: string, input: unknown): AgentEvent => ({
  type: "tool_started",
  id,
  name,
  input,
});

test("a call is shown with its mark, its input, its time if that was long, and the first lines of its result", () => {
  const { emit, seen } = open();
  emit(started("1", "bash", { command: "ls" }), ended("1", "bash", "a\nb"));
  expect(seen()).toBe("● bash ls\n  │ a\n  │ b\n");
  emit(started("2", "edit", { path: "x", n: 2 }), {
    ...ended("2", "edit", "", { isError: true }),
    durationMs: 1_260,
  } as AgentEvent);
  expect(seen()).toBe("✗ edit path: x, n: 2 1.3 s\n  │ \n");
  emit(started("3", "t", {}), { ...ended("3", "t", "x"), durationMs: 100 } as AgentEvent);
  expect(seen()).toBe("● t 0.1 s\n  │ x\n");
  emit(started("4", "t", "word"), { ...ended("4", "t", "x"), durationMs: 99 } as AgentEvent);
  expect(seen()).toBe('● t "word"\n  │ x\n');
});

test("of a result seven lines are shown, of more than seven six and how many more there are", () => {
  const { emit, seen } = open();
  const lines = (count: number) =>
    Array.from({ length: count }, (_, index) => `line ${index + 1}`).join("\n");
  emit(ended("1", "t", lines(7)));
  expect(seen()).toMatch(/line 7\n$/);
  emit(ended("1", "t", lines(8)));
  expect(seen()).toMatch(/line 6\n {2}│ … 2 more lines\n$/);
});

test("blocks of a result that are no text are named", () => {
  const { emit, seen } = open();
  const content = [
    { type: "text" as const, text: "words" },
    {
      type: "image" as const,
      source: { type: "base64" as const, media_type: "image/png" as const, data: "" },
    },
    { type: "tool_reference" as const, tool_name: "other" },
  ];
  emit({ type: "tool_ended", id: "1", name: "t", result: { content }, durationMs: 0 });
  expect(seen()).toMatch(/│ words\n {2}│ \[image\]\n {2}│ \[loaded other\]\n$/);
});

test("prompts are shown in a transcript, and nowhere else", () => {
  const transcript = open({ showPrompts: true });
  transcript.emit({ type: "prompt", text: "hello" });
  expect(transcript.seen()).toBe("you > hello\n");
  const other = open();
  other.emit({ type: "prompt", text: "hello" });
  expect(other.seen()).toBe("");
});

test("what is held back is shown before a call or the next request, and not where it is the answer", () => {
  const { emit, seen, session, renderer } = open({ holdAnswer: true });
  emit({ type: "text", text: "I will " }, { type: "text", text: "look." });
  expect(seen()).toBe("");
  session.countReply(reply(usage(1, 1), "tool_use"), 1);
  expect(seen()).toBe("I will look.\n");
  emit({ type: "text", text: "Half." });
  session.countReply(reply(usage(1, 1), "max_tokens"), 1);
  expect(seen()).toBe("");
  emit({ type: "model_started", request: { messages: { from: "conversation", count: 0, added: [] } } });
  expect(seen()).toBe("Half.\n");
  emit({ type: "text", text: "The answer." });
  renderer.dropHeld();
  emit({ type: "model_started", request: { messages: { from: "conversation", count: 0, added: [] } } });
  expect(seen()).toBe("");
});

test("at its end a run tells what it cost since the last one, also apart", () => {
  const { emit, seen, session } = open();
  const end = (stopReason = "end_turn") => emit({ type: "run_ended", stopReason, answer: "" });
  end();
  expect(seen()).toBe("");
  session.countReply(reply(usage(1_000, 10, 200)), 1);
  end();
  expect(seen()).toBe("  1 model call, 1,200 tokens in (200 from cache), 10 out\n");
  session.countReply(reply(usage(5, 1)), 1);
  session.countReply(reply(usage(6, 2, 4)), 1);
  session.fork("child").countReply(reply(usage(30, 3)), 1);
  end();
  expect(seen()).toBe("  2 model calls, 15 tokens in (4 from cache), 3 out; 33 in other conversations\n");
  session.countReply(reply(usage(5, 1)), 1);
  end();
  expect(seen()).toBe("  1 model call, 5 tokens in (0 from cache), 1 out\n");
  end("interrupted");
  expect(seen()).toBe("Interrupted.\n");
  end("max_turns");
  expect(seen()).toBe('Say "continue" to go on, or raise --max-turns.\n');
});

test("what is injected, noted, displayed, waited for or went wrong has a line of its own", () => {
  const { emit, seen } = open();
  emit({ type: "injected", text: "<a>\nb" });
  expect(seen()).toBe("  ▸ the harness injects:\n    <a>\n    b\n");
  emit({ type: "notice", message: "one\ntwo" });
  expect(seen()).toBe("one\n  two\n");
  emit({ type: "display", text: "a plan\nof two" });
  expect(seen()).toBe("  a plan\n  of two\n");
  emit({ type: "waiting", reason: "overloaded", ms: 1_500 });
  expect(seen()).toBe("overloaded; trying again in 1.5 s\n");
  emit({ type: "waiting", reason: "lost", ms: 20 });
  expect(seen()).toBe("lost; trying again in 0.1 s\n");
  emit({ type: "error", message: "no" }, { type: "wake", reason: "x" }, { type: "cleared" });
  expect(seen()).toBe("no\n");
});

test("a subagent's calls are a line each behind its name, its words are not shown", () => {
  const { seen, session } = open();
  const child = session.fork("child");
  child.emit({ type: "text", text: "words" });
  child.emit(started("1", "bash", { command: "ls" }));
  expect(seen()).toBe("");
  child.emit(ended("1", "bash", "a"));
  expect(seen()).toBe("    child ● bash ls\n");
  child.emit(ended("2", "read", "a", { isError: true }));
  expect(seen()).toBe("    child ✗ read\n");
  child.emit({ type: "waiting", reason: "busy", ms: 1 });
  child.emit({ type: "notice", message: "noted" });
  child.emit({ type: "error", message: "wrong" });
  expect(seen()).toBe("    child busy\n    child noted\n    child wrong\n");
  child.fork("grandchild").emit({ type: "notice", message: "deep" });
  expect(seen()).toBe("    grandchild deep\n");
});

test("what happens while a question stands is shown after it, in its order", () => {
  const { emit, seen, renderer } = open();
  renderer.hold();
  emit({ type: "notice", message: "first" });
  renderer.hold();
  emit({ type: "notice", message: "second" });
  expect(seen()).toBe("");
  renderer.release();
  expect(seen()).toBe("first\nsecond\n");
  emit({ type: "notice", message: "third" });
  expect(seen()).toBe("third\n");
});

test("a thought begins with its first word, in whichever piece that comes", () => {
  const { emit, seen } = open();
  emit({ type: "thinking", text: "\n " }, { type: "thinking", text: "\n I see." });
  emit({ type: "notice", message: "end" });
  expect(seen()).toBe("✻ I see.\nend\n");
});
