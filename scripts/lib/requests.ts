// What a run sent to the model and got back, and files that it left, cut to what matters.
// Whatever is left out is marked. The result is JSON with comments, which no directive writes by hand.
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import stringify from "json-stringify-pretty-compact";
import { rebuildRequests, type AgentEvent, type Message } from "@course/runtime";
import { messageRows } from "../../packages/runtime/src/terminal/messages.ts";
import { excerpt, outputMark } from "./excerpt.ts";
import type { Run } from "./runs.ts";
import { normalize } from "./transcripts.ts";

type Request = ReturnType<typeof rebuildRequests>[number];

const LONGEST_TEXT = 72;
const WIDTH = 96;
const KEPT = "model,system,tools.0,messages,reply.stop_reason,reply.content";
/** Begins a text that stands for something left out; a private character, so no real text has it. */
const MARK = "\uE000";

/** One request and its reply, a subagent's too, counted from the prompt. `kept` names what to show, as in tools.0,messages.-1,reply.content. */
export function requestOf(run: Run, call = 1, kept = KEPT): { request: string; reply: string } {
  const sent = sentOf(run, call);
  const paths = kept.split(",").map((path) => path.split("."));
  const inReply = paths.flatMap(([first, ...rest]) => (first === "reply" ? [rest] : []));
  const inRequest = paths.filter(([first]) => first !== "reply");
  const show = (value: object | undefined, shown: readonly (readonly string[])[]) =>
    value === undefined || shown.length === 0 ? "" : print(keep(value, shown), run.folder);
  return { request: show(sent.request, inRequest), reply: show(sent.reply, inReply) };
}

/** The request of that number, counted from the prompt, and its reply. Throws an Error if the run has no such one. */
function sentOf(run: Run, call: number): { request: Request; reply: object | undefined } {
  const before = rebuildRequests(run.events.slice(0, run.eventsBefore)).length;
  const requests = rebuildRequests(run.events);
  const request = call < 1 ? undefined : requests[before + call - 1];
  if (!request)
    throw new Error(`the run has ${requests.length - before} requests; call=${call} is not one of them`);
  return { request, reply: replyTo(before + call, run.events) };
}

/** The messages of a request, a line for each block, as /messages lists them. */
export function messageList(run: Run, call: number): string {
  const { messages } = sentOf(run, call).request;
  // What differs from run to run must be gone before a line is cut.
  const steady = JSON.parse(normalize(JSON.stringify(messages), run.folder)) as Message[];
  return messageRows(steady, () => " ").join("\n");
}

/** One text of a request or of its reply, whole, as in system or reply.content.0.text. Throws an Error where there is none. */
export function textOf(run: Run, call: number, path: string): string {
  const { request, reply } = sentOf(run, call);
  let value: unknown = { ...request, reply };
  for (const step of path.split(".")) {
    if (typeof value !== "object" || value === null) throw new Error(`there is nothing at ${path}`);
    const [name, part] = entryOf(value, step);
    if (part === undefined) throw new Error(`there is no ${name} on the way to ${path}`);
    value = part;
  }
  if (typeof value !== "string") throw new Error(`${path} is no text`);
  return normalize(value, run.folder);
}

/** The reply to the request of that number, of all that were sent; undefined if it failed. */
function replyTo(number: number, events: readonly AgentEvent[]): object | undefined {
  let sent = 0;
  let asker: string | undefined;
  let stopReason: string | null = null;
  for (const outer of events) {
    const { event, from } = unwrapped(outer, "main");
    if (event.type === "model_started" && ++sent === number) asker = from;
    else if (from !== asker) continue;
    else if (event.type === "model_ended") stopReason = event.stopReason;
    else if (event.type === "appended" && event.role === "assistant")
      return { stop_reason: stopReason, content: event.blocks };
    else if (event.type === "model_started") return undefined;
  }
  return undefined;
}

/** What happens in a subagent reaches its parent wrapped. */
function unwrapped(event: AgentEvent, from: string): { event: AgentEvent; from: string } {
  return event.type === "subagent" ? unwrapped(event.event, `${from} ${event.id}`) : { event, from };
}

/**
 * A file that a run left; `*` in a name stands for anything. Of JSON lines, `line` picks one, counted from 1, or from
 * the end as -1. Throws an Error that lists the folder if the file is not there.
 */
export function fileOf(run: Run, path: string, quotes: readonly string[], line?: string): string {
  const chosen = linesOf(run, path, line);
  const shown = path.endsWith(".jsonl")
    ? chosen.map((one) => stringify(JSON.parse(one), { maxLength: WIDTH })).join("\n")
    : chosen.join("\n");
  const steady = normalize(shown, run.folder)
    .replace(/"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, '"TIME"')
    .replace(/("\w*[pP]id": ?)\d+/g, "$1…")
    .replace(/("(?:owner|pid)?[mM]ark": ?)"[^"]*"/g, '$1"…"');
  return excerpt(steady, quotes, { of: path, mark: outputMark });
}

/** JSON lines from one to another, as in 7..9, each without what `kept` does not name, as in type,blocks.-1. */
export function jsonLinesOf(run: Run, path: string, line: string, kept: string): string {
  const wanted = kept.split(",").map((path) => path.split("."));
  const ids = new Map<string, string>();
  return linesOf(run, path, line)
    .map((text) => {
      const value = JSON.parse(text) as object;
      return print(
        keep(
          value,
          wanted.filter(([name = ""]) => name in value),
        ),
        run.folder,
        ids,
      );
    })
    .join("\n");
}

/** Throws an Error that says how many there are where `line` names none. */
function linesOf(run: Run, path: string, line?: string): string[] {
  const lines = readMatch(run.folder, path).trimEnd().split("\n");
  if (line === undefined) return lines;
  const [first = 0, last = first] = line.split("..").map(Number);
  const chosen = lines.slice(first < 0 ? first : first - 1).slice(0, 1 + last - first);
  if (chosen.length === 0) throw new Error(`${path} has ${lines.length} lines; line=${line} is none of them`);
  return chosen;
}

export function fenceLanguage(path: string): string {
  return { ".json": "json", ".jsonl": "json", ".md": "md" }[extname(path)] ?? "text";
}

function readMatch(folder: string, path: string): string {
  let found = "";
  for (const part of path.split("/")) {
    const names = readdirSync(join(folder, found)).sort();
    const pattern = new RegExp(`^${part.split("*").map(escapeRegExp).join(".*")}$`);
    const name = names.find((one) => pattern.test(one));
    if (name === undefined)
      throw new Error(
        `the run left no ${path}; ${found === "" ? "the folder" : found} has ${names.join(", ")}`,
      );
    found = join(found, name);
  }
  return readFileSync(join(folder, found), "utf8");
}

export function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** The part that a step names, under its own name: in a list, -1 is the last one. Undefined if there is none. */
function entryOf(value: object, step: string): [key: string, part: unknown] {
  const entries = Object.entries(value);
  const key = Array.isArray(value) && step.startsWith("-") ? String(entries.length + Number(step)) : step;
  return [key, entries.find(([name]) => name === key)?.[1]];
}

/** The value without what no path leads to, which is counted in marks. Throws an Error where a path leads nowhere. */
function keep(value: unknown, paths: readonly (readonly string[])[]): unknown {
  if (paths.some((path) => path.length === 0)) return value;
  if (typeof value !== "object" || value === null)
    throw new Error(`there is nothing at ${paths.map((path) => path.join(".")).join(", ")}`);
  const isArray = Array.isArray(value);
  const entries = Object.entries(value);
  const wanted = paths.map(([first = "", ...rest]) => {
    const [key] = entryOf(value, first);
    if (!entries.some(([name]) => name === key))
      throw new Error(`there is no ${first}; there are ${entries.map(([name]) => name).join(", ")}`);
    return { key, rest };
  });
  const kept: [string, unknown][] = [];
  let gap: string[] = [];
  const endGap = () => {
    if (gap.length > 0)
      kept.push([`${MARK}${kept.length}`, MARK + (isArray ? `${gap.length} more` : gap.join(", "))]);
    gap = [];
  };
  for (const [name, part] of entries) {
    const into = wanted.filter(({ key }) => key === name);
    if (into.length === 0) {
      gap.push(name);
      continue;
    }
    endGap();
    kept.push([
      name,
      keep(
        part,
        into.map(({ rest }) => rest),
      ),
    ]);
  }
  endGap();
  return isArray ? kept.map(([, part]) => part) : Object.fromEntries(kept);
}

/** `ids` are those that were met before, each with the name that it was given. */
function print(value: unknown, folder: string, ids = new Map<string, string>()): string {
  const numbered = JSON.stringify(value).replace(
    /toolu_\w+/g,
    (id) => ids.get(id) ?? (ids.set(id, `toolu_${ids.size + 1}`), `toolu_${ids.size}`),
  );
  const shortened = JSON.parse(normalize(numbered, folder), (key, part: unknown) => {
    if (typeof part !== "string" || part.startsWith(MARK)) return part;
    // What a thought is signed with says nothing to a reader, and differs from run to run.
    if (key === "signature") return "…";
    return part.length <= LONGEST_TEXT ? part : `${part.slice(0, LONGEST_TEXT)}…`;
  }) as unknown;
  return stringify(shortened, { maxLength: WIDTH })
    .replace(new RegExp(`"${MARK}\\d+": "${MARK}([^"]*)"`, "g"), "/* … $1 */")
    .replace(new RegExp(`"${MARK}([^"]*)"`, "g"), "/* … $1 */");
}
