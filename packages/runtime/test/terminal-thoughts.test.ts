// What the model thinks, and what is under way, on a live terminal.
import { describe, expect, test, vi } from "vitest";
import { createModelClient, Session } from "../src/index.ts";
import { Renderer } from "../src/terminal/renderer.ts";
import { Screen } from "../src/terminal/screen.ts";
import { live, rendered } from "./live-screen.ts";

describe("thoughts", () => {
  test("begin on a line of their own with a mark, wrap, and end before what is said", () => {
    const { session, text } = rendered();
    session.emit({ type: "text", text: "Hello" });
    session.emit({ type: "thinking", text: "\nI should look at the folder first, " });
    session.emit({ type: "thinking", text: "and then at the file.\n\nThen think.\n" });
    session.emit({ type: "text", text: "Done." });
    expect(text()).toBe(
      "Hello\n✻ I should look at the folder first, and\n  then at the file.\n\n  Then think.\nDone.",
    );
  });

  test("of two replies do not run together, also where the words are held back", () => {
    const session = new Session(createModelClient({ env: { ANTHROPIC_API_KEY: "test" } }));
    let text = "";
    new Renderer(new Screen({ write: (part) => void (text += part) }), session, { holdAnswer: true });
    for (const thought of ["one", "two"]) {
      session.emit({ type: "thinking", text: thought });
      session.emit({ type: "text", text: "words" });
    }
    session.emit({ type: "run_ended", stopReason: "end_turn", answer: "words" });
    expect(text).toBe("✻ one\n✻ two\n".slice(0, text.length));
    expect(text).not.toContain("words");
  });

  test("end where words begin, which are one line in whatever pieces they come", () => {
    const { session, text } = rendered();
    session.emit({ type: "thinking", text: "Hm." });
    for (const piece of ["He", "ll", "o"]) session.emit({ type: "text", text: piece });
    expect(text()).toBe("✻ Hm.\nHello");
  });

  test("are hidden when they are not wanted", () => {
    const { session, renderer, text } = rendered();
    renderer.showsThinking = false;
    session.emit({ type: "thinking", text: "secret" });
    session.emit({ type: "text", text: "Done." });
    expect(text()).toBe("Done.");
  });
});

test("what is under way turns, and stops turning when it ends", () => {
  vi.useFakeTimers();
  try {
    const { screen, shown } = live();
    screen.status("one\ntwo");
    expect(shown.cursorHidden).toBe(true);
    const frames = Array.from({ length: 11 }, () => {
      const frame = shown.text;
      vi.advanceTimersByTime(80);
      return frame;
    });
    expect(frames.map((frame) => frame.replace(" one two", "")).join("")).toBe("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏⠋");
    screen.status(undefined);
    expect(vi.getTimerCount()).toBe(0);
    expect([shown.text, shown.cursorHidden]).toEqual(["", false]);
  } finally {
    vi.useRealTimers();
  }
});
