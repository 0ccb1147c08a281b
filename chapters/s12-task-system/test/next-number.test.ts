import { nextNumber } from "@course/s12-task-system";
import { expect, test } from "vitest";

test.each([
  [[], 1],
  [[3, 1], 4],
  [[8, 0], 9],
  [[9], 1],
  [[1, 9, 2], 3],
  [[12], 1],
])("of the numbers up to 9, with %j taken, %d is next", (taken, next) => {
  expect(nextNumber(new Set(taken), 9)).toBe(next);
});
