import { serverSlug, toolName } from "@course/s19-mcp-plugin";
import fc from "fast-check";
import { expect, test } from "vitest";

const odd = fc.oneof(
  fc.string({ minLength: 1, maxLength: 80 }),
  fc.string({ minLength: 1, maxLength: 12, unit: fc.constantFrom("a", "_", ".", "-") }),
);
const pair = fc.tuple(odd, odd);

test("no two tools of any servers get one name, and the API takes each", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(pair, { maxLength: 30, selector: (each) => JSON.stringify(each) }),
      (pairs) => {
        const names = pairs.map(([server, tool]) => toolName(server, tool));
        expect(names.filter((name) => !/^[a-zA-Z0-9_-]{1,64}$/.test(name))).toEqual([]);
        expect(new Set(names).size, "a name for each").toBe(pairs.length);
      },
    ),
    { numRuns: 500 },
  );
});

test("a rule for one server, mcp__server, means no tool of another", () => {
  fc.assert(
    fc.property(pair, odd, ([server, tool], other) => {
      fc.pre(server !== other);
      expect(toolName(server, tool).startsWith(`mcp__${serverSlug(other)}__`)).toBe(false);
    }),
    { numRuns: 1_000 },
  );
});

test("a name that fits stays as it is", () => {
  expect(toolName("github", "create_issue")).toBe("mcp__github__create_issue");
  expect(toolName("plugin_tracker_issues", "search")).toBe("mcp__plugin_tracker_issues__search");
});

test("what has to be changed ends with a hash of what it was", () => {
  expect(toolName("my server", "a.b")).toMatch(/^mcp__my_server_[0-9a-f]{8}__a_b_[0-9a-f]{8}$/);
  expect(toolName("a__b", "c")).not.toBe(toolName("a", "b__c"));
  // A tool that is named as the changed form of another.
  const changed = toolName("s", "a.b").slice("mcp__s__".length);
  expect(toolName("s", changed)).not.toBe(toolName("s", "a.b"));
  // A server that is named as the changed form of another.
  expect(serverSlug(serverSlug("a.b"))).not.toBe(serverSlug("a.b"));
});
