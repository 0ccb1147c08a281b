// Mistakes of one line that a script can look for: the commonest slips with the ends of lists, comparisons and
// conditions. Each is a guess until the failing test has passed.

interface Repair {
  pattern: RegExp;
  replacement: string;
  /** What was wrong, as a sentence; $0 stands for the code as it was. */
  reason: string;
}

const REPAIRS: readonly Repair[] = [
  {
    pattern: /(\w+)\[\1\.length\]/,
    replacement: "$1[$1.length - 1]",
    reason:
      "`$0` is one past the end of the list, so it is undefined; the last index is the length minus one",
  },
  {
    pattern: /<= (\w+\.length)/,
    replacement: "< $1",
    reason: "`$0` goes one past the end of the list",
  },
  {
    pattern: /\blet (\w+) = 1; \1 </,
    replacement: "let $1 = 0; $1 <",
    reason: "`$0` passes over the first element; lists begin at 0",
  },
  {
    pattern: /< (\w+)\.length - 1\b/,
    replacement: "< $1.length",
    reason: "`$0` stops before the last element",
  },
  {
    pattern: /\b(if|while) \((\w[\w.]*) = ([^=)]+)\)/,
    replacement: "$1 ($2 === $3)",
    reason: "`$0` assigns where it should compare",
  },
  { pattern: / === /, replacement: " !== ", reason: "the condition was the wrong way round" },
  { pattern: / !== /, replacement: " === ", reason: "the condition was the wrong way round" },
  { pattern: / < /, replacement: " <= ", reason: "`<` left out the limit itself" },
  { pattern: / > /, replacement: " >= ", reason: "`>` left out the limit itself" },
  { pattern: / <= /, replacement: " < ", reason: "`<=` took in the limit itself" },
  { pattern: / >= /, replacement: " > ", reason: "`>=` took in the limit itself" },
  { pattern: / && /, replacement: " || ", reason: "one of the two conditions is enough" },
  { pattern: / \|\| /, replacement: " && ", reason: "both conditions have to hold" },
  { pattern: / \+ 1\b/, replacement: "", reason: "`+ 1` was one too many" },
  { pattern: / - 1\b/, replacement: "", reason: "`- 1` was one too few" },
  { pattern: / \+ /, replacement: " - ", reason: "`+` where `-` was meant" },
  { pattern: / - /, replacement: " + ", reason: "`-` where `+` was meant" },
];

export interface Guess {
  path: string;
  /** The file as it is. */
  content: string;
  before: string;
  after: string;
  reason: string;
}

/** Lines of the file that may be wrong, the likeliest mistake first. Only lines that occur once can be told apart. */
export function guessesFor(path: string, content: string): Guess[] {
  const lines = content.split("\n");
  const unique = lines.filter(
    (line) => content.split(line).length === 2 && !/^\s*(?:\/\/|\*|\/\*)/.test(line),
  );
  return REPAIRS.flatMap(({ pattern, replacement, reason }) =>
    unique.flatMap((line) => {
      const found = pattern.exec(line);
      if (!found) return [];
      const after = line.replace(pattern, replacement);
      return [
        { path, content, before: line.trim(), after: after.trim(), reason: reason.replace("$0", found[0]) },
      ];
    }),
  );
}
