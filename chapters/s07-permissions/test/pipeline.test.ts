import { expect, test } from "vitest";
import { allow, worst, type Verdict } from "../src/pipeline.ts";

const FINE = allow("it only reads");
const deny: Verdict = { decision: "deny", reason: "denied", rules: [] };
const ask = (reason: string, rules: string[], due: Verdict["due"] = "nothing"): Verdict => ({
  decision: "ask",
  due,
  reason,
  rules,
});

test("of several verdicts the worst holds, and where questions meet, their reasons and rules are joined", () => {
  expect(worst([]), "nothing to judge").toMatchObject({ decision: "allow", rules: [] });
  expect(worst([FINE, ask("a", []), deny]), "one of three is denied").toEqual(deny);
  expect(worst([FINE, ask("a", ["A"]), ask("b", ["B", "A"])]), "two questions").toEqual(
    ask("a; b", ["A", "B"]),
  );
  expect(worst([ask("a", ["A"]), ask("b", [])]).rules, "rules, where one part can have none").toEqual([]);
  expect(worst([ask("a", []), ask("why", [], "rule")]), "a rule that asks is the reason").toMatchObject(
    ask("why", [], "rule"),
  );
});
