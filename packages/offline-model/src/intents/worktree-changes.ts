// The two changes of one line that are made in worktrees, each with its test.

export interface Change {
  worktree: string;
  /** The request that asks a teammate for it. */
  request: string;
  subject: string;
  /** Texts of the source, and what takes their place. */
  edits: readonly (readonly [string, string])[];
  test: string;
  testText: string;
}

const testText = (name: string, lines: string) => `import assert from "node:assert/strict";
import test from "node:test";
import { greet } from "../src/greet.js";

test("${name}", () => {
${lines}
});
`;

export const CHANGES: readonly Change[] = [
  {
    worktree: "greeting",
    request: "let .env set the greeting in src/greet.js",
    subject: "Let .env set the greeting",
    edits: [["return `Hello, $", 'return `${process.env.GREETING ?? "Hello"}, $']],
    test: "test/greeting.test.js",
    testText: testText(
      "the greeting comes from .env",
      '  process.loadEnvFile(".env");\n  assert.equal(greet("Ada"), "Good day, Ada!");',
    ),
  },
  {
    worktree: "mark",
    request: "let callers choose the mark in src/greet.js",
    subject: "Let callers choose the mark",
    edits: [
      ["greet(name)", 'greet(name, mark = "!")'],
      ["trimmed}!`", "trimmed}${mark}`"],
    ],
    test: "test/mark.test.js",
    testText: testText("the mark is the caller's", '  assert.equal(greet("Ada", "."), "Hello, Ada.");'),
  },
];
