// What /lanes draws of conversations beside the main loop, of mail and of the ends of tasks; and tasks as lines.
import type { AgentEvent } from "@course/runtime";
import { expect, test } from "vitest";
import { Lanes } from "../src/lanes.ts";
import { renderList, renderRecord } from "../src/render-tasks.ts";
import { newRecord, type RuntimeTaskRecord } from "../src/runtime-task.ts";
import { drawTimeline } from "../src/timeline.ts";

const usage = { input: 0, cacheRead: 0, cacheWrite: 0, thinking: 0, output: 0 };
const began: AgentEvent = {
  type: "model_started",
  request: { messages: { from: "conversation", count: 1, added: [] } },
};
const answered: AgentEvent = { type: "model_ended", stopReason: "end_turn", usage, durationMs: 0 };

function task(id: string, more: Partial<RuntimeTaskRecord>): RuntimeTaskRecord {
  return { ...newRecord(id, `make ${id}`, 300, undefined), ...more };
}
const time = (ms: number) => new Date(ms).toISOString();

/** A main loop whose only call took a second. */
function ranOnce(label?: string): Lanes {
  const lanes = label === undefined ? new Lanes() : new Lanes(label);
  lanes.add({ ...began, at: 0 });
  lanes.add({ ...answered, at: 1_000 });
  return lanes;
}

const rowsOf = (picture: string) => picture.split("\n").map((line) => line.trimEnd());

test("each conversation beside has a lane with its calls, under the name that it has now", () => {
  const lanes = ranOnce("lead");
  const beside = (id: number, label: string, event: AgentEvent, at: number) =>
    lanes.add({ type: "subagent", id, label, event, at });
  beside(1, "ada", began, 100);
  beside(1, "ada", answered, 500);
  beside(1, "ada", { type: "tool_started", id: "t", name: "bash", input: {} }, 500);
  beside(
    1,
    "ada",
    { type: "tool_ended", id: "t", name: "bash", result: { content: "" }, durationMs: 0 },
    800,
  );
  beside(2, "bob", began, 200);
  beside(2, "bob", answered, 400);
  beside(2, "bob", began, 600);
  beside(2, "bob", answered, 1_000);
  beside(3, "quiet", began, 100);
  expect(rowsOf(lanes.draw([], 1_000))).toEqual([
    `lead                   ${"▓".repeat(38)}`,
    `ada                    ····${"▓".repeat(15)}${"▒".repeat(12)}·······  1 model call`,
    `bob                    ·······${"▓".repeat(9)}······${"▓".repeat(16)}  2 model calls`,
    `${" ".repeat(23)}▓ model call  ▒ tool call  ▲ result injected  · idle`,
  ]);
});

test("mail is an arrow from lane to lane, each in a column of its own; who has no lane has no arrow", () => {
  const lanes = ranOnce();
  for (const [id, label] of [
    [1, "ada"],
    [2, "bob"],
  ] as const)
    for (const [event, at] of [
      [began, 0],
      [answered, 1_000],
    ] as const)
      lanes.add({ type: "subagent", id, label, event, at });
  const mail = (from: unknown, to: unknown, at = 0) =>
    lanes.add({ type: "extension", extension: "t", kind: "mail", detail: { from, to }, at });
  mail("lead", "bob");
  mail("bob", "lead");
  lanes.add({
    type: "extension",
    extension: "t",
    kind: "other",
    detail: { from: "ada", to: "bob" },
    at: 500,
  });
  mail("ada", "bob", 1_000);
  mail("ada", "nobody", 500);
  mail("nobody", "ada", 500);
  mail(1, "ada", 500);
  mail("ada", 1, 500);
  expect(rowsOf(lanes.draw([], 1_000))).toEqual([
    `main loop              ◆▲${"▓".repeat(36)}`,
    `ada                    ││${"▓".repeat(35)}◆  1 model call`,
    `bob                    ▼◆${"▓".repeat(35)}▼  1 model call`,
    `${" ".repeat(23)}▓ model call  ▒ tool call  ◆ ▲ ▼ mail  · idle`,
  ]);
});

test("a task ends with its mark; one of an earlier session, or that never started, has no row", () => {
  const ran = (id: string, status: RuntimeTaskRecord["status"], endedAt: string | null = time(500)) =>
    task(id, { status, startedAt: time(0), endedAt });
  const picture = ranOnce().draw(
    [
      ran("bg_1", "completed"),
      ran("bg_2", "failed"),
      ran("bg_3", "running", null),
      ran("bg_4", "interrupted"),
      task("bg_5", { status: "queued" }),
      task("bg_6", { status: "completed", startedAt: time(-900), endedAt: time(-1) }),
      task("bg_7", { status: "completed", startedAt: time(-900), endedAt: time(0) }),
    ],
    1_000,
  );
  const rows = rowsOf(picture).slice(1, -1);
  expect(rows.map((row) => row.slice(0, 11))).toEqual([
    "A make bg_1",
    "B make bg_2",
    "C make bg_3",
    "D make bg_7",
  ]);
  expect(rows.map((row) => /[✓✗→]/.exec(row)?.[0])).toEqual(["✓", "✗", "→", "✓"]);
  expect(rows[0]).toMatch(/completed 0\.5 s$/);
  expect(rows[2]).toMatch(/running 1\.0 s$/);
});

test("below stands which worker ran what, five ids at most", () => {
  const ran = (number: number, worker: string) =>
    task(`bg_${number}`, { status: "completed", startedAt: time(0), endedAt: time(500), worker });
  const many = Array.from({ length: 10 }, (_, index) => ran(index + 1, index === 4 ? "b" : "a"));
  expect(rowsOf(ranOnce().draw(many, 1_000)).slice(-2)).toEqual([
    "a ran bg_1, bg_2, bg_3, bg_4, bg_6 and 4 more",
    "b ran bg_5",
  ]);
});

test("the twenty-seventh task is called A again", () => {
  const many = Array.from({ length: 27 }, (_, index) =>
    task(`bg_${index}`, { status: "completed", startedAt: time(0), endedAt: time(500) }),
  );
  const rows = rowsOf(ranOnce().draw(many, 1_000));
  expect([rows[26]?.[0], rows[27]?.[0]]).toEqual(["Z", "A"]);
});

test("a call that an interrupt cut off is not drawn on into the next", () => {
  const lanes = ranOnce();
  lanes.add({ ...began, at: 1_000 });
  lanes.add({ type: "run_ended", stopReason: "interrupted", answer: "", at: 1_100 });
  lanes.add({ ...answered, at: 2_000 });
  expect(rowsOf(lanes.draw([], 2_000))[0]).toBe(`main loop              ${"▓".repeat(38)}`);
});

test("a gap of 300 ms stays as it is, a longer one shrinks to that, and a mark in it stands in its place", () => {
  const draw = (gap: number, at: number) => {
    const spans = [
      { from: 0, to: 300, mark: "▓" },
      { from: 300 + gap, to: 600 + gap, mark: "▓" },
    ];
    return drawTimeline(
      [{ label: "l", idle: "·", spans, note: "", marks: [{ at, mark: "x" }] }],
      [],
      "legend",
    ).split("\n")[0];
  };
  expect(draw(300, 300)).toBe(draw(90_000, 300));
  expect(draw(300, 600)).toBe(draw(90_000, 90_300));
  expect(draw(90_000, 50_000)).toBe(draw(90_000, 80_000));
  expect(draw(300, 450)).toBe(`l${" ".repeat(22)}${"▓".repeat(13)}······x·····${"▓".repeat(13)}`);
  expect(draw(200, 0)).not.toBe(draw(300, 0));
});

test.each([60, 44])("in a terminal of %d columns no row of a picture is folded", (columns) => {
  const row = (label: string, note: string) => ({
    label,
    idle: "·",
    spans: [{ from: 0, to: 900, mark: "▓" }],
    note,
  });
  const rows = [row("main loop", ""), row("A a command of some length", "completed 360.0 s")];
  const legend = "▓ model call  · idle";
  const lines = drawTimeline(rows, [], legend, columns).split("\n");
  expect(lines.map((line) => line.length <= columns)).toEqual([true, true, true]);
  expect(lines[0]).toMatch(/^main loop +▓{10,}$/);
  expect(drawTimeline(rows, [], "x".repeat(columns), columns).split("\n").at(-1)).toBe("x".repeat(columns));
});

test("what happened in one moment is drawn, with a result's mark behind the end", () => {
  const spans = [{ from: 5, to: 5, mark: "▓" }];
  const marks = [
    { at: 5, mark: "✓" },
    { at: 5, mark: "▲", after: 5 },
  ];
  const [row] = drawTimeline(
    [{ label: "a label of more than twenty characters", idle: ".", spans, note: "note", marks }],
    [],
    "",
  ).split("\n");
  expect(row).toBe(`a label of more than   ✓▲${".".repeat(36)}  note`);
});

test("a task is one line, with the seconds so far, whatever its command is", () => {
  expect(renderList([])).toBe("No background tasks.");
  const ran = { startedAt: time(0), endedAt: time(2_340) };
  const long = "x".repeat(201);
  expect(
    renderList([
      task("bg_1", { status: "completed", command: "a\nb", ...ran }),
      task("bg_2", { status: "queued" }),
      task("bg_3", { status: "interrupted", ...ran }),
      task("bg_4", { status: "failed", command: long, ...ran }),
      task("bg_5", { status: "failed", command: long.slice(1), ...ran }),
    ]).split("\n"),
  ).toEqual([
    "bg_1  completed      2.3 s  a b",
    "bg_2  queued         0.0 s  make bg_2",
    "bg_3  interrupted      ? s  make bg_3",
    `bg_4  failed         2.3 s  ${long.slice(1)} ...`,
    `bg_5  failed         2.3 s  ${long.slice(1)}`,
  ]);
  const running = task("bg_6", { status: "running", startedAt: new Date(Date.now() - 65_000).toISOString() });
  expect(renderList([running])).toMatch(/ 6[5-9]\.\d s /);
});

test("one task is told whole, its output and its exit code only where there are any", () => {
  const done = { status: "completed" as const, startedAt: time(0), endedAt: time(1_000), outputFile: "log" };
  expect(renderRecord(task("bg_1", { ...done, exitCode: 0, preview: "out\n" }))).toBe(
    '<task id="bg_1" status="completed" exit_code="0" seconds="1.0">\ncommand: make bg_1\nlog: log\nout\n</task>',
  );
  expect(renderRecord(task("bg_1", { ...done, status: "killed" }))).toBe(
    '<task id="bg_1" status="killed" seconds="1.0">\ncommand: make bg_1\nlog: log\n</task>',
  );
  expect(renderRecord(task("bg_1", { ...done, preview: "1234567890" }), 4)).toContain("\n7890\n</task>");
});

test("what comes at the end, or after it, stands in the last column", () => {
  const spans = [{ from: 0, to: 1_000, mark: "▓" }];
  const row = (marks: { at: number; mark: string; after?: number }[] = []) => ({
    label: "l",
    idle: "·",
    spans,
    note: "",
    marks,
  });
  const head = `l${" ".repeat(22)}`;
  const draw = (rows: ReturnType<typeof row>[], arrows: Parameters<typeof drawTimeline>[1] = []) =>
    drawTimeline(rows, arrows, "").split("\n").slice(0, -1);
  expect(draw([row([{ at: 9_000, mark: "x" }])])).toEqual([`${head}${"▓".repeat(37)}x`]);
  expect(draw([row([{ at: 0, mark: "x", after: 9_000 }])])).toEqual([`${head}${"▓".repeat(37)}x`]);
  const late = { at: 1_000, from: 0, to: 1 };
  expect(draw([row(), row()], [late, late])).toEqual([
    `${head}${"▓".repeat(37)}◆`,
    `${head}${"▓".repeat(37)}▼`,
  ]);
});
