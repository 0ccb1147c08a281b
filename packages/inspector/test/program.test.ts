// --inspect as a learner starts it, seen without a browser.
import { expect, test } from "vitest";
import { inspect } from "./program.ts";

test("the key is nowhere in what is shown, also where it was typed, and the last word comes before the end", async () => {
  const key = "sk-ant-api03-0123456789";
  // Nothing listens there: the run fails, and its error is shown.
  const env = { ANTHROPIC_API_KEY: key, ANTHROPIC_BASE_URL: "http://127.0.0.1:9" };
  const program = await inspect("s13-background-tasks", ["--max-turns", "1"], env);
  const shown = fetch(`${program.address}events`).then((response) => response.text());
  program.type(`My key is ${key}, is it not?`);
  await program.end();
  const text = await shown;
  expect(text).toContain("My key is [redacted], is it not?");
  expect(text).not.toContain("api03");
  expect(text).toContain('"stopReason":"failed"');
  expect(text.trimEnd()).toMatch(/event: end\ndata: 1$/);
});
