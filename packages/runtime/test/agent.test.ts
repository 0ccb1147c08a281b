// An agent as it is put together: the order of its extensions, and names that clash.
import { expect, test } from "vitest";
import { defineAgent, ORDER, type Extension } from "../src/index.ts";

test("extensions stand where they say, in whatever order they are named", () => {
  const at = (name: string, order?: number): Extension => ({ name, ...(order !== undefined && { order }) });
  const names = (extensions: Extension[]) =>
    defineAgent({ name: "a", instructions: "x", tools: [], extensions }).extensions.map(({ name }) => name);
  const [hooks, permissions, a, b] = [
    at("hooks", ORDER.hooks),
    at("permissions", ORDER.permissions),
    at("a"),
    at("b"),
  ];
  expect(names([a, permissions, b, hooks])).toEqual(["hooks", "permissions", "a", "b"]);
  expect(names([hooks, b, a, permissions])).toEqual(["hooks", "permissions", "b", "a"]);
});

test.each([
  ["tools", ["a", "b", "a"], 'Two tools are named "a". Take one of them away.'],
  ["extensions", ["c", "c"], 'Two extensions are named "c". Take one of them away.'],
  ["tools", ["a", ""], "One of the tools has no name. Give it one."],
  ["extensions", [""], "One of the extensions has no name. Give it one."],
])("%s of the names %j are refused", (kind, names, problem) => {
  const items = names.map((name) => ({ name, description: "", input: {}, run: () => "" }));
  expect(() => defineAgent({ name: "a", instructions: "x", tools: [], [kind]: items })).toThrow(problem);
});
