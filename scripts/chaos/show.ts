// The table of `npm run chaos`, for a terminal of 80 columns.
import { bold, cyan, dim, green, red, type Text } from "../../packages/runtime/src/terminal/text.ts";
import type { Chapter } from "../lib/chapters.ts";
import { commandLines } from "../practice/pages.ts";
import type { Outcome } from "./chaos.ts";
import type { Scenario, Told } from "./scenario.ts";

const PLACE = 29;
const WHAT = 22;

export function headLines({ id, card }: Chapter, scenario: Scenario, isMine: boolean): Text[] {
  return [
    bold(`${id} ${card.title} · kill -9${isMine ? " on your mechanism" : ""}`),
    `  A program ${scenario.about}.`,
    "  It is killed before each change of a file in its folder, before each process",
    "  that it starts, and at each await of the chapter: what is awaited has begun,",
    "  and has not come back. Then the next program starts in the same folder.",
    "",
    columnsLine(scenario),
  ];
}

/** What the columns of the rows are. */
export function columnsLine({ tells }: Scenario): Text {
  return dim(`  ${"  #"}  ${"where".padEnd(PLACE)} ${"before".padEnd(WHAT)} ${tells ? "told  " : ""}on disk`);
}

/** One line for a point, and one for each fault. */
export function rowLines({ number, point, told, stands, faults }: Outcome, { tells }: Scenario): Text[] {
  const place = number === 0 ? "not killed" : (point?.place ?? "had ended before");
  const mark = faults.length === 0 ? green("✓") : red("✗");
  const times = tells ? `${told.map(timesOf).join(" ").padEnd(5)} ` : "";
  return [
    [
      mark,
      ` ${String(number).padStart(3)}  ${cut(place, PLACE)} `,
      cyan(cut(point?.what ?? "", WHAT)),
      ` ${times}`,
      dim(stands),
    ],
    ...faults.map((fault) => ["       ", red(fault)]),
  ];
}

export function statusOf({ number }: Outcome, points: number, most = points): string {
  return `point ${number} of ${points}, ${Math.min(points, most)} to try`;
}

/** What survived, was told, and ran on, in a few lines. */
export function endLine(outcomes: readonly Outcome[], { id }: Chapter, isMine: boolean): Text[] {
  const killed = outcomes.filter(({ number }) => number > 0);
  const bad = killed.filter(({ faults }) => faults.length > 0);
  const twice = killed.filter(({ told }) => told.some(({ times }) => times > 1));
  const left = killed.filter(({ left: running }) => running.length > 0);
  const untold = killed.filter(({ told }) => told.some(({ excuse }) => excuse === "taken, not told"));
  const isGood = outcomes.every(({ faults }) => faults.length === 0);
  return [
    "",
    [
      isGood
        ? green(`${killed.length} of ${killed.length} survived.`)
        : red(`${killed.length - bad.length} of ${killed.length} survived.`),
      ` Told twice: at ${twice.length}. Left running: at ${left.length}.`,
    ],
    ...(untold.length > 0
      ? [
          `  At ${untold.length} (0*) something was marked as told, and the model never heard of it: the`,
          "  price of telling nothing twice. Who marks it afterwards tells it twice instead.",
        ]
      : []),
    "",
    ...commandLines([
      isMine
        ? [`npm run practice ${id}`, "where your mechanism stands"]
        : [`npm run chaos ${id} -- --mine`, "the same, with the mechanism that you wrote"],
    ]),
  ];
}

function timesOf({ times, excuse }: Told): string {
  return excuse === "taken, not told" ? "0*" : excuse === undefined ? String(times) : "-";
}

function cut(text: string, width: number): string {
  return (text.length > width ? `…${text.slice(1 - width)}` : text).padEnd(width);
}
