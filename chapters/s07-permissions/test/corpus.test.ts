import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { HOLES } from "./corpus.ts";
import { newPolicy } from "./new-policy.ts";

const FILES = ["a.txt", "src/a.ts", "secrets/key", ".env", "..env", "my secret", "list", "outside/secret"];

test.each(HOLES)("the hole %j stays closed", async ({ line, ...rules }) => {
  const { root, bash } = newPolicy(rules, FILES);
  symlinkSync("/outside", join(root, "src/out"));
  symlinkSync("/outside/secret", join(root, "link.txt"));
  symlinkSync("secrets", join(root, "alias"));
  expect(await bash(line)).not.toBe("allow");
});
