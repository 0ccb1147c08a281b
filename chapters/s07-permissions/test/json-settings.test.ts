// The parts of a settings file, each with the line where it is not as it should be.
import { expect, test } from "vitest";
import { JsonSettings } from "../src/json-settings.ts";

function read(
  value: string,
  take: (json: JsonSettings, node: ReturnType<JsonSettings["top"]>[0][1]) => unknown,
) {
  const json = new JsonSettings(`{\n"part": ${value}\n}`, "settings.json");
  const [[, node] = []] = json.top();
  if (!node) throw new Error("the file has a part");
  return take(json, node);
}

test.each<[string, unknown]>([
  ["true", true],
  ["false", false],
  ['"true"', "settings.json, line 2: part: expected true or false, not string."],
  ["1", "settings.json, line 2: part: expected true or false, not number."],
])("%s as true or false is %j", (value, expected) => {
  const take = () => read(value, (json, node) => json.boolean(node, "part"));
  if (typeof expected === "string") expect(take).toThrow(expected);
  else expect(take()).toBe(expected);
});

test.each<[string, unknown]>([
  ["0.5", 0.5],
  ["1", 1],
  ["0", "settings.json, line 2: part: expected more than 0."],
  ["-3", "settings.json, line 2: part: expected more than -3."],
  ['"5"', "settings.json, line 2: part: expected a number of seconds, not string."],
])("%s as a number of seconds is %j", (value, expected) => {
  const take = () => read(value, (json, node) => json.duration(node, "part", "seconds"));
  if (typeof expected === "string") expect(take).toThrow(expected);
  else expect(take()).toBe(expected);
});
