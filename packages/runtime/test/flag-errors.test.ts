import { expect, test } from "vitest";
import { parseFlags } from "../src/terminal/flags.ts";

test("a prompt without -p is said back whole", () => {
  expect(() => parseFlags(["--offline", "Run", "pwd"])).toThrow(
    'Unexpected "Run pwd". To run one prompt, write: -p "Run pwd"',
  );
});

test.each([
  ["--ofline", /^Unknown flag --ofline\. Did you mean --offline\? --help lists all\.$/],
  ["--mdel", /Did you mean --model\?/],
  ["--hlp", /Did you mean --help\?/],
  ["--holp", /Did you mean --help\?/],
  ["--hold", /^Unknown flag --hold\. --help lists all\.$/],
  ["--xyzzy", /^Unknown flag --xyzzy\. --help lists all\.$/],
  ["--verbose", /^Unknown flag --verbose\. --help lists all\.$/],
])("%s is answered with a name only if one is near", (flag, message) => {
  expect(() => parseFlags([flag])).toThrow(message);
});
