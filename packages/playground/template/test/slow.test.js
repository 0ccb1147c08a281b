import assert from "node:assert/strict";
import test from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { greet } from "../src/greet.js";

// Stands for the suite that takes its time.
test("a patient greeting", async () => {
  await delay(3000);
  assert.equal(greet("Grace"), "Hello, Grace!");
});
