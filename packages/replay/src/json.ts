// Reading JSON of which nothing is sure: fields that may be missing, or of another kind than they should be.

export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What is at the end of a path of fields; undefined where there is none. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let here = value;
  for (const name of path) {
    if (!isObject(here) || !Object.hasOwn(here, name)) return undefined;
    here = here[name];
  }
  return here;
}

/** The text at the end of a path of fields; "" where there is none. */
export function textAt(value: unknown, ...path: readonly string[]): string {
  const found = at(value, ...path);
  return typeof found === "string" ? found : "";
}

export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** As JSON of at most so many characters; what is nested too deeply to be written is said to be. */
export function shown(value: unknown, most: number, indent?: number): string {
  let text: string;
  try {
    text = JSON.stringify(value, undefined, indent) ?? String(value);
  } catch {
    return "(nested too deeply to be shown)";
  }
  return text.length <= most ? text : `${text.slice(0, most)}…`;
}

/** Milliseconds since the epoch; undefined for what is no time. */
export function timeOf(value: unknown): number | undefined {
  const time = typeof value === "number" ? value : typeof value === "string" ? Date.parse(value) : NaN;
  return Number.isFinite(time) && Math.abs(time) <= 8.64e15 ? time : undefined;
}
