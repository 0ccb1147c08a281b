// The parts of the component that need no browser.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { AgentEvent, StampedEvent } from "@course/runtime";
import { axisOf, pathOf, WIDTH } from "../component/axis.ts";
import { shortened, textOfBlock } from "../component/block-text.ts";
import { linkTo, stepInLink } from "../component/link.ts";
import { grownDown, grownUp, rangeAround } from "../component/range.ts";
import { stripOf } from "../component/strip.ts";
import { windowOf } from "../component/window.ts";
import { Player, type Lane, type Span } from "../src/index.ts";

test("a link names a step under its anchor, and nothing else", () => {
  expect(stepInLink(linkTo("s13-5", 7), "s13-5")).toBe(7);
  expect(stepInLink(linkTo("a b:c", 3), "a b:c")).toBe(3);
  for (const hash of ["", "#s13-5", "#s13-6:7", "#s13-5:0", "#s13-5:x", "#s13-5:-1", "#%zz:1"])
    expect([hash, stepInLink(hash, "s13-5")]).toEqual([hash, undefined]);
});

const span = (from: number, to: number): Span => ({
  kind: "model",
  label: "",
  from,
  to,
  fromEvent: 0,
  toEvent: 1,
});
const laneOf = (spans: readonly Span[]): Lane => ({ key: "main", label: "", kind: "main", spans, marks: [] });

test("the axis keeps the order of times, uses its whole width, and finds a time again", () => {
  const spans = fc.array(fc.tuple(fc.nat(100_000), fc.nat(5_000)), { maxLength: 20 });
  fc.assert(
    fc.property(spans, fc.nat(100_000), fc.nat(100_000), (pairs, one, other) => {
      const axis = axisOf([laneOf(pairs.map(([from, length]) => span(from, from + length)))], 0, 100_000);
      const [early, late] = [Math.min(one, other), Math.max(one, other)];
      expect(axis.x(early)).toBeLessThanOrEqual(axis.x(late));
      expect(axis.x(0)).toBeGreaterThanOrEqual(0);
      expect(axis.x(100_000)).toBeLessThanOrEqual(WIDTH);
      expect(axis.at(axis.x(one))).toBeCloseTo(one, 3);
    }),
  );
});

test("what passes while nothing runs takes little room", () => {
  const axis = axisOf([laneOf([span(0, 1_000), span(3_600_000, 3_601_000)])], 0, 3_601_000);
  expect(axis.x(3_600_000) - axis.x(1_000)).toBeLessThan(WIDTH / 20);
});

test("spans that touch on the screen are one box", () => {
  const axis = axisOf([laneOf([span(0, 1_000)])], 0, 1_000);
  const many = Array.from({ length: 1_000 }, (_, index) => span(index, index + 1));
  expect(pathOf(many, axis, 1_000, 0, 10).match(/M/g)).toHaveLength(1);
  expect(pathOf([span(0, 100), span(500, 600)], axis, 1_000, 0, 10).match(/M/g)).toHaveLength(2);
});

test("only messages around the one in view are drawn, and never more than there are", () => {
  fc.assert(
    fc.property(fc.nat(2_000), fc.nat(2_000), (target, count) => {
      const range = rangeAround(Math.min(target, count - 1), count);
      expect(range.to - range.from).toBeLessThanOrEqual(8);
      for (const { from, to } of [range, grownUp(range), grownDown(range, count)])
        expect(0 <= from && to <= count).toBe(true);
      if (count > 0) expect(range.from < range.to).toBe(true);
    }),
  );
});

test("a long text is cut, a short one is itself", () => {
  expect(shortened("short\ntext")).toBe("short\ntext");
  expect(shortened("line\n".repeat(100)).split("\n")).toHaveLength(12);
  expect(shortened("x".repeat(5_000))).toHaveLength(900);
});

test("each block says what it is", () => {
  const call = { type: "tool_use" as const, id: "c", name: "bash", input: { command: "ls\npwd", n: 3 } };
  expect(textOfBlock(call)).toMatchObject({ name: "bash", text: "command:\nls\npwd\nn: 3" });
  const result = { type: "tool_result" as const, tool_use_id: "c", content: "no", is_error: true };
  expect(textOfBlock(result)).toMatchObject({ text: "no", failed: true });
  expect(textOfBlock({ type: "thinking", thinking: "", signature: "s" }).text).toContain("Not shown");
});

const reply: AgentEvent = {
  type: "model_ended",
  stopReason: "end_turn",
  usage: { input: 10, cacheRead: 1_500, cacheWrite: 490, output: 100, thinking: 0 },
  durationMs: 1,
};
const player = (...events: AgentEvent[]) =>
  new Player(events.map((event, at): StampedEvent => ({ ...event, at })));

test("the bar is a round number wide, its parts are the last reply's", () => {
  const one = player(reply);
  const { parts, scale } = windowOf(one, one.frame(0), "main");
  expect(parts.map(({ name, tokens }) => [name, tokens])).toEqual([
    ["cached", 1_500],
    ["fresh", 500],
    ["written", 100],
  ]);
  expect(parts[0]?.share).toBe(1_500 / 5_000);
  expect(scale).toBe("1.1 % of 200,000; the bar is 5,000 wide");
});

test("the strip has each step once, whoever did it", () => {
  const one = player({ type: "prompt", text: "go" }, { type: "text", text: "a" }, reply);
  expect(stripOf(one, 3)).toEqual([
    { actor: "user", d: "M0,0h1v1h-1z" },
    { actor: "model", d: "M1,0h1v1h-1z" },
    { actor: "tool", d: "" },
    { actor: "harness", d: "M2,0h1v1h-1z" },
  ]);
});
