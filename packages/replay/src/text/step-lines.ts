// A step on a terminal: its heading, and its lines.
import {
  bold,
  cut,
  cyan,
  dim,
  harmless,
  oneLine,
  preview,
  spansOf,
  type Text,
} from "@course/runtime/terminal";
import { chapters } from "../chapters.ts";
import type { Step } from "../step.ts";

/** Of each step in a list of all. */
const PREVIEW_LINES = 8;

/** The step's number, what happened and when. */
function heading(step: Step, number: number, width: number): Text[] {
  const left = `${number}`;
  const time = step.at === undefined ? "" : clock(step.at);
  const marks = step.chapters.join(" ");
  const room = Math.max(10, width - left.length - time.length - marks.length - 6);
  return [
    bold(left),
    "  ",
    bold(cut(oneLine(step.title), room)),
    ...(marks === "" ? [] : ["  ", cyan(marks)]),
    ...(time === "" ? [] : ["  ", dim(time)]),
  ];
}

/** A step in a list of many: the heading and the first lines; what is no part of the conversation in one. */
export function shortStep(step: Step, number: number, width: number): Text[][] {
  const rows = [heading(step, number, width)];
  if (step.isAside) return rows;
  const text = step.lines.map(plain).join("\n");
  if (text.trim() === "") return rows;
  for (const line of preview(text, PREVIEW_LINES, width - 4)) rows.push(["    ", dim(line)]);
  return rows;
}

/** A step alone, whole. */
export function wholeStep(step: Step, number: number, count: number, width: number): Text[][] {
  const taught = step.chapters.map((id) => {
    const title = chapters().find((chapter) => chapter.id === id)?.card.title;
    return title === undefined ? id : `${id} ${title}`;
  });
  return [
    [dim(`Step ${number} of ${count}${step.at === undefined ? "" : `, ${clock(step.at)}`}`)],
    [bold(cut(oneLine(step.title), width - 1))],
    ...(taught.length === 0 ? [] : [[cyan(cut(`taught in ${taught.join(", ")}`, width - 1))]]),
    [],
    ...step.lines.map((line) => [line]),
    ...(step.state === undefined ? [] : [[], [dim(step.state)]]),
  ];
}

function plain(text: Text): string {
  return spansOf(text)
    .map((span) => harmless(typeof span === "string" ? span : span.text))
    .join("");
}

/** The time of day where the reader is. */
function clock(at: number): string {
  const time = new Date(at);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}
