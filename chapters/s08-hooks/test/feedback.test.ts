import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createModelClient, Session, Workspace } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { Feedback } from "../src/feedback.ts";

test("what has 10,000 characters is whole, and of one more the beginning is there, and a file with all", () => {
  const root = temporaryFolder();
  const feedback = new Feedback(new Workspace(root));
  const text = "x".repeat(10_000);
  expect(feedback.limited(text)).toBe(text);
  const [, kept, file = ""] =
    /^(x+)\n\[1 more characters are in (\S+)\]$/.exec(feedback.limited(`${text}y`)) ?? [];
  expect(kept).toBe(text);
  expect(readFileSync(join(root, file), "utf8")).toBe(`${text}y`);
});

test("a hook that stops a run stops that conversation's, and not its next one", () => {
  const feedback = new Feedback(new Workspace(temporaryFolder()));
  const lead = new Session(createModelClient({ env: { ANTHROPIC_API_KEY: "test" } }));
  const ada = lead.beside("ada");
  feedback.stop(ada, "enough");
  feedback.stop(ada, "later");
  expect(feedback.stopOf(ada)).toBe("enough");
  expect(feedback.stopOf(lead)).toBeUndefined();
  lead.emit({ type: "run_ended", stopReason: "end_turn", answer: "" });
  expect(feedback.stopOf(ada)).toBe("enough");
  ada.emit({ type: "run_ended", stopReason: "failed", answer: "" });
  expect(feedback.stopOf(ada)).toBeUndefined();
});
