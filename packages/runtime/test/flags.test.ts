// Command-line flags: what is read, and what is said of what cannot be.
import { expect, test } from "vitest";
import {
  chaptersNamed,
  flagHelp,
  flagsThatTakeValues,
  outputFormat,
  parseFlags,
} from "../src/terminal/flags.ts";

const OWN = {
  resume: { value: "[ID]", short: "r", description: "Take a session up" },
  verbose: { description: "Say more" },
  danger: { refusal: "there is no such thing here.", description: "" },
};
const read = (...args: string[]) => ({ ...parseFlags(args, OWN) });

test.each<[string[], object]>([
  [[], {}],
  [["-p", "hello"], { print: "hello" }],
  [["--print=hello"], { print: "hello" }],
  [["-p", "- a list"], { print: "- a list" }],
  [["--print=-x"], { print: "-x" }],
  [["--offline", "--trace", "--step", "-h"], { offline: true, trace: true, step: true, help: true }],
  [["--max-turns", "7"], { "max-turns": "7" }],
  [["--resume"], { resume: true }],
  [["-r"], { resume: true }],
  [["-r", "abc"], { resume: "abc" }],
  [["--resume", "--offline"], { resume: true, offline: true }],
  [["--resume=abc"], { resume: "abc" }],
  [["-p", "x", "--output-format", "json"], { print: "x", "output-format": "json" }],
  [["--", "--offline"].slice(0, 1), {}],
  [
    ["--input-format", "stream-json", "--output-format", "stream-json"],
    { "input-format": "stream-json", "output-format": "stream-json" },
  ],
])("%j", (args, expected) => {
  expect(read(...args)).toEqual(expected);
});

test("a list that is written twice is one list; of other flags the last counts", () => {
  const chapter = { deny: { value: "RULES", description: "" } };
  const args = ["--deny", "Bash(ls:*)", "--model=a", "--deny=Edit", "--model", "b"];
  expect(parseFlags(args, chapter)).toEqual({ deny: "Bash(ls:*),Edit", model: "b" });
});

test("a value that the flag's own check refuses is named with its flag", () => {
  const check = (value: string) => {
    if (value === "8") return "expected 7.";
    return value === "7" ? undefined : `"${value}" is no number.`;
  };
  const chapter = { size: { value: "N", description: "", check }, on: { description: "", check } };
  expect(parseFlags(["--size", "7", "--on"], chapter)).toEqual({ size: "7", on: true });
  expect(() => parseFlags(["--size", "8", "--hlp"], chapter)).toThrow(new Error("--size 8: expected 7."));
  expect(() => parseFlags(["--size", "x"], chapter)).toThrow(new Error('--size: "x" is no number.'));
});

test.each<[string[], string]>([
  [["hello"], 'Unexpected "hello". To run one prompt, write: -p "hello"'],
  [["--ofline"], "Unknown flag --ofline. Did you mean --offline? --help lists all."],
  [["--resum"], "Unknown flag --resum. Did you mean --resume? --help lists all."],
  [["--dangr"], "Unknown flag --dangr."],
  [["--danger"], "--danger: there is no such thing here."],
  [["--offline=yes"], "--offline takes no value."],
  [["--verbose=1"], "--verbose takes no value."],
  [["-p"], "-p needs a value: -p PROMPT"],
  [["-p", ""], "-p needs a value: -p PROMPT"],
  [["-p", " "], "-p needs a value: -p PROMPT"],
  [["-p", "--offline"], "-p needs a value: -p PROMPT"],
  [["-p", "-h"], "-p needs a value: -p PROMPT"],
  [["--dir"], "--dir needs a value: --dir PATH"],
  [["--max-turns", "0"], "--max-turns 0: expected a whole number from 1."],
  [["--max-turns", "1.5"], "--max-turns 1.5: expected a whole number from 1."],
  [["--max-turns", "12345678"], "--max-turns 12345678: expected a whole number from 1."],
  [["-p", "x", "--output-format", "xml"], "--output-format xml: expected text, json or stream-json."],
  [["--input-format", "json"], "--input-format json: expected text or stream-json."],
  [["--demo", "-p", "x"], "-p and --demo do not go together."],
  [
    ["--input-format", "stream-json", "-p", "x"],
    "--input-format stream-json reads its prompts from standard input. Leave out -p.",
  ],
  [["--input-format", "stream-json"], "--input-format stream-json goes with --output-format stream-json."],
  [["--output-format", "json"], "--output-format goes with -p."],
  [["--demo", "--try", "2"], "--try and --demo do not go together."],
  [["-p", "x", "--try", "2"], "--try and -p do not go together."],
  [["-p", "x", "--step"], "--step and -p do not go together."],
  [["--demo", "--step"], "--step and --demo do not go together."],
])("%j is refused", (args, message) => {
  expect(() => read(...args)).toThrow(message);
});

test("a flag that is refused is neither in the help nor among the names", () => {
  expect(flagsThatTakeValues(OWN)).toMatchObject({ print: true, resume: true, verbose: false });
  expect(flagsThatTakeValues(OWN)).not.toHaveProperty("danger");
  const help = flagHelp(OWN).split("\n");
  expect(help).toContain("  -p, --print PROMPT          Run one prompt, print the answer, and exit");
  expect(help).toContain("      --verbose               Say more");
  const long = flagHelp({ "a-name-that-is-longer": { value: "WORDS", description: "What it is." } }).split(
    "\n",
  );
  expect(long).toContain("      --a-name-that-is-longer WORDS  What it is.");
  expect(help.join()).not.toContain("danger");
  expect(flagHelp()).not.toContain("verbose");
});

test("what is no format is text", () => {
  expect(
    ["json", "stream-json", "text", undefined].map((format) => outputFormat({ "output-format": format })),
  ).toEqual(["json", "stream-json", "text", "text"]);
});

test.each<[string[], string[]]>([
  [[], []],
  [["--offline", "-p", "s12"], []],
  [["--with", "s12"], ["s12"]],
  [
    ["-p", "x", "--with", "s12, s13,", "--offline"],
    ["s12", "s13"],
  ],
  [
    ["--with=s12,s13", "--with", "s14"],
    ["s12", "s13", "s14"],
  ],
  [["--with"], []],
  [["--with-more=s12"], []],
])("of %j the chapters are %j", (args, chapters) => {
  expect(chaptersNamed(args)).toEqual(chapters);
});
