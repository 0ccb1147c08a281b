import { runTryIt, tryItOf } from "@course/runtime/testing";
import { test } from "vitest";

for (const entry of tryItOf(import.meta.url)) {
  const flags = entry.flags?.join(" ") ?? "";
  test(`${entry.prompt} ${flags}`, () => runTryIt(import.meta.url, entry), 60_000);
}
