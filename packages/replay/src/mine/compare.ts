// Where two runs first differ: a request, or what was told on the way, in words.
import { at, isObject, listAt, textAt } from "../json.ts";

export interface Difference {
  /** What is not the same. */
  place: string;
  trace: string;
  mine: string;
}

type Path = readonly (string | number)[];

/** Of two bodies of requests; undefined where they are the same. */
export function requestDifference(trace: object, mine: object): Difference | undefined {
  const path = firstDifference(trace, mine);
  if (!path) return undefined;
  const [traced, own] = [trace, mine].map((body) => valueAt(body, path));
  return { place: placeIn(path, trace, mine), trace: inWords(traced), mine: inWords(own) };
}

/** The path to the first value that is not the same. */
export function firstDifference(a: unknown, b: unknown): Path | undefined {
  if (Object.is(a, b)) return undefined;
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let index = 0; index < Math.max(a.length, b.length); index++) {
      if (index >= a.length || index >= b.length) return [index];
      const inner = firstDifference(a[index], b[index]);
      if (inner) return [index, ...inner];
    }
    return undefined;
  }
  if (!isObject(a) || !isObject(b)) return [];
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const inner = firstDifference(a[name], b[name]);
    if (inner) return [name, ...inner];
  }
  return undefined;
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((here, step) => {
    if (Array.isArray(here)) return here[Number(step)];
    return at(here, String(step));
  }, value);
}

function inWords(value: unknown): string {
  if (value === undefined) return "(nothing)";
  if (typeof value === "string") return value;
  const text = textAt(value, "text") || textAt(value, "content");
  return text === "" ? JSON.stringify(value, undefined, 2) : text;
}

/** As in "message 7 (user), block 1, the result of background_run". */
function placeIn(path: Path, trace: object, mine: object): string {
  const [field, first, , second] = path;
  if (field === "system") return "the system prompt";
  if (field === "tools" && typeof first === "number") {
    const name = [trace, mine]
      .map((body) => textAt(listAt(body, "tools")[first], "name"))
      .find((one) => one !== "");
    return `the tool ${name ?? first + 1}`;
  }
  if (field !== "messages" || typeof first !== "number") return `the field ${String(field)}`;
  const message = [trace, mine]
    .map((body) => listAt(body, "messages")[first])
    .find((one) => one !== undefined);
  const where = `message ${first + 1} (${textAt(message, "role")})`;
  if (typeof second !== "number") return where;
  const block = [trace, mine]
    .map((body) => listAt(listAt(body, "messages")[first], "content")[second])
    .find((one) => one !== undefined);
  return `${where}, block ${second + 1}${kindOf(block, trace)}`;
}

function kindOf(block: unknown, body: object): string {
  switch (textAt(block, "type")) {
    case "tool_result":
      return `, the result of ${callName(body, textAt(block, "tool_use_id"))}`;
    case "tool_use":
      return `, the call of ${textAt(block, "name")}`;
    case "text":
      return ", a text";
    default:
      return "";
  }
}

export function callName(body: object, id: string): string {
  const blocks = listAt(body, "messages").flatMap((message) => listAt(message, "content"));
  const call = blocks.find((block) => textAt(block, "type") === "tool_use" && textAt(block, "id") === id);
  return textAt(call, "name") || "a call";
}
