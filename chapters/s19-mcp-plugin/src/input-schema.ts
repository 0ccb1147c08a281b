// Whether the API takes a tool's schema. It refuses the whole request for one that it does not, so a server with one such
// tool would silence the agent (https://github.com/anthropics/claude-code/issues/45106). Not covered: what it refuses deeper
// down in a schema.
import { wellFormed, type Tool } from "@course/runtime";

export type InputSchema = ReturnType<Tool["inputSchema"]>;

const FIELD = /^[a-zA-Z0-9_.-]{1,64}$/;

export function checkedSchema(raw: unknown): { schema: InputSchema } | { problem: string } {
  if (!isObject(raw)) return { problem: "its inputSchema is no object" };
  const combined = ["anyOf", "oneOf", "allOf"].find((key) => key in raw);
  if (combined !== undefined)
    return { problem: `its inputSchema has ${combined} at the top, which the API refuses` };
  const { type = "object", properties = {} } = raw;
  if (type !== "object")
    return { problem: `its inputSchema is of type ${JSON.stringify(type)}; expected object` };
  if (!isObject(properties)) return { problem: "the properties of its inputSchema are no object" };
  const bad = Object.keys(properties).find((name) => !FIELD.test(name));
  if (bad !== undefined)
    return { problem: `its field ${JSON.stringify(bad.slice(0, 80))} has a name that the API refuses` };
  return { schema: { ...wellFormed(raw), type: "object" } };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
