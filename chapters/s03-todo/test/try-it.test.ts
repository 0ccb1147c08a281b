import { runTryIt, tryItOf } from "@course/runtime/testing";
import { test } from "vitest";

test.concurrent.each(tryItOf(import.meta.url))("the offline model does as told: $prompt", (entry) =>
  runTryIt(import.meta.url, entry),
);
