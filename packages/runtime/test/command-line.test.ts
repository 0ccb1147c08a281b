// What stands after a script's name: nothing of it is passed over, and each mistake says what to type.
import { expect, test } from "vitest";
import { readCommandLine } from "../src/terminal/command-line.ts";

const OPTIONS = {
  list: { type: "boolean" },
  sample: { type: "string" },
  "max-turns": { type: "string" },
  yes: { type: "boolean" },
  color: { type: "boolean" },
} as const;

const read = (...args: string[]) => readCommandLine(OPTIONS, { words: 1, args, env: {} });

test("flags and words are read in any order", () => {
  expect(read("s13", "--list", "--sample", "4")).toMatchObject({
    values: { list: true, sample: "4" },
    positionals: ["s13"],
  });
  const negative = readCommandLine(OPTIONS, { allowNegative: true, args: ["--no-color"], env: {} });
  expect(negative.values).toMatchObject({ color: false });
});

test.each([
  [["--lst"], "Unknown option '--lst'. --help lists all flags."],
  [["--no-color"], "Unknown option '--no-color'. --help lists all flags."],
  [["--sample"], "Option '--sample <value>' argument missing. --help lists all flags."],
  [["--list=4"], "Option '--list' does not take an argument. --help lists all flags."],
  [["s13", "s14"], '"s14" is one word too many. --help says what is expected.'],
])("%j is refused", (args, message) => {
  expect(() => read(...args)).toThrow(new Error(message));
});

test.each([
  [[], { npm_config_max_turns: "7" }, "npm took --max-turns for itself. Write: npm run s13 -- --max-turns 7"],
  [["a"], { npm_config_list: "true" }, "npm took --list for itself. Write: npm run s13 -- a --list"],
  // A word that stands after a flag is its value for npm.
  [[], { npm_config_list: "s01" }, "npm took --list for itself. Write: npm run s13 -- --list s01"],
  // Which of the words its value was is not known.
  [
    ["s13", "4"],
    { npm_config_sample: "true" },
    "npm took --sample for itself. Write: npm run s13 -- --sample VALUE",
  ],
  [["Run pwd"], { npm_config_list: "true" }, 'Write: npm run s13 -- "Run pwd" --list'],
])("of %j with %j it is told how to write it", (args, env, message) => {
  const script = { npm_lifecycle_event: "s13", ...env };
  expect(() => readCommandLine(OPTIONS, { words: 1, args, env: script })).toThrow(message);
});

test.each([
  ["one that was given again", ["--list"], { npm_config_list: "true" }],
  ["one that was given again with a value", ["--sample=4"], { npm_config_sample: "4" }],
  ["npm's own", [], { npm_config_loglevel: "silent" }],
  ["one of npm's settings that is also ours", [], { npm_config_yes: "true", npm_config_color: "always" }],
])("npm may hold %s", (_, args, env) => {
  const script = { npm_lifecycle_event: "s13", ...env };
  expect(() => readCommandLine(OPTIONS, { args, env: script })).not.toThrow();
});

test("a program that npm did not start takes nothing from npm's variables", () => {
  expect(() => readCommandLine(OPTIONS, { args: [], env: { npm_config_list: "true" } })).not.toThrow();
});
