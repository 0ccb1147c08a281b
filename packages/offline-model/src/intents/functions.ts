// Functions that a script can write, each with an example that becomes its test.

export interface KnownFunction {
  code: string;
  /** Arguments and result of the example, as code; without them no test is written. */
  input?: string;
  expected?: string;
}

export const KNOWN_FUNCTIONS: Readonly<Record<string, KnownFunction>> = {
  initials: {
    code: `/** "ada LOVELACE" becomes "A. L.". */
export function initials(name) {
  return name
    .split(/\\s+/)
    .filter(Boolean)
    .map((word) => \`\${word[0].toUpperCase()}.\`)
    .join(" ");
}
`,
    input: '"ada LOVELACE"',
    expected: '"A. L."',
  },
  farewell: {
    code: `/** Says goodbye to a person; strangers are told, too. */
export function farewell(name) {
  const trimmed = (name ?? "").trim();
  return \`Goodbye, \${trimmed === "" ? "stranger" : trimmed}!\`;
}
`,
    input: '"Ada"',
    expected: '"Goodbye, Ada!"',
  },
  shout: {
    code: `/** "Hello, Ada!" becomes "HELLO, ADA!". */
export function shout(text) {
  return text.toUpperCase();
}
`,
    input: '"Hello, Ada!"',
    expected: '"HELLO, ADA!"',
  },
  reverse: {
    code: `/** "Ada" becomes "adA". */
export function reverse(text) {
  return [...text].reverse().join("");
}
`,
    input: '"Ada"',
    expected: '"adA"',
  },
  sum: {
    code: `/** The sum of the numbers; 0 for none. */
export function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
`,
    input: "[1, 2, 3]",
    expected: "6",
  },
};
