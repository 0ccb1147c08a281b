// A session of Claude Code as steps, a line each. The file is read by lines and only places are kept, so a long session
// costs little memory; a step is read again when it is looked at.
import { LONGEST_LINE, readLineAt, readLines, type Line } from "../lines.ts";
import { isObject, type Json } from "../json.ts";
import type { Step, Steps } from "../step.ts";
import { describe, describeBroken } from "./describe.ts";
import { Marker } from "./marks.ts";

/** Two numbers are kept for each. */
const MOST_STEPS = 2_000_000;

/** The line as a record, or what is wrong with it. */
function recordIn(line: Pick<Line, "text" | "bytes" | "isEnded">): Json | string {
  if (line.text === undefined) return `A line of ${megabytes(line.bytes)}, which is too long to be read`;
  try {
    const value: unknown = JSON.parse(line.text);
    return isObject(value) ? value : "A line that holds no object";
  } catch {
    return line.isEnded ? "A line that is no JSON" : "The last line, which is cut off";
  }
}

function stepOf(line: Pick<Line, "text" | "bytes" | "isEnded">, marker: Marker): Step {
  const record = recordIn(line);
  return typeof record === "string" ? describeBroken(record, line.text ?? "") : describe(record, marker);
}

const isBlank = ({ text }: Line): boolean => text?.trim() === "";

/** Whether a line of the file holds an object, as all of a session do. Rejects with the file system's errors. */
export async function isSession(path: string): Promise<boolean> {
  for await (const line of readLines(path)) if (typeof recordIn(line) !== "string") return true;
  return false;
}

/** Each line as a step, in one pass. Rejects with the file system's errors. */
export async function* streamSession(path: string): AsyncGenerator<Step> {
  const marker = new Marker();
  for await (const line of readLines(path)) if (!isBlank(line)) yield stepOf(line, marker);
}

/** The steps of a session, to be looked at in any order. Rejects with the file system's errors. */
export async function openSession(path: string): Promise<Steps> {
  const places: { offset: number[]; bytes: number[] } = { offset: [], bytes: [] };
  const marker = new Marker();
  const unread = { broken: 0, left: 0 };
  let lastIsEnded = true;
  for await (const line of readLines(path)) {
    if (isBlank(line)) continue;
    lastIsEnded = line.isEnded;
    if (places.offset.length >= MOST_STEPS) {
      unread.left += 1;
      continue;
    }
    places.offset.push(line.offset);
    places.bytes.push(line.bytes);
    const record = recordIn(line);
    if (typeof record === "string") unread.broken += 1;
    else marker.marks(record);
  }
  const count = places.offset.length;
  return {
    title: path,
    count,
    remarks: remarksOn(unread),
    async step(index) {
      const place = { offset: places.offset[index] ?? 0, bytes: places.bytes[index] ?? 0 };
      const text = place.bytes > LONGEST_LINE ? undefined : await readLineAt(path, place);
      return stepOf({ text, bytes: place.bytes, isEnded: lastIsEnded || index < count - 1 }, marker);
    },
  };
}

function remarksOn({ broken, left }: { broken: number; left: number }): string[] {
  return [
    ...(broken > 0
      ? [`${broken === 1 ? "1 line is" : `${broken} lines are`} no JSON object; shown as they are.`]
      : []),
    ...(left > 0
      ? [`${left.toLocaleString("en")} steps after number ${MOST_STEPS.toLocaleString("en")} are left out.`]
      : []),
  ];
}

const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(0)} MB`;
