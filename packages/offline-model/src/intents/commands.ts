// Is it a command or prose? Without backticks there is only the look of it: a program's name at the beginning, and
// what follows does not read as a sentence. Prose is never given to a shell.

const PROGRAMS = new Set(
  `awk basename bash bun cargo cat cd cmp column cp curl cut date deno df diff dirname docker du echo env eslint
  expr false file find gcc git go grep head hostname id java jq kill less ln ls make mkdir mv node npm npx paste
  perl pip pnpm printenv printf prettier ps pwd python python3 rg rm rmdir ruby sed seq sh shasum sleep sort stat
  tail tar tee test time timeout touch tr tree true tsc tsx type uname uniq vitest wc which whoami xargs yarn`.split(
    /\s+/,
  ),
);

/** After a program's name these make a sentence of it: "find the bug", "make sure", "test it". */
const PROSE =
  /^\S+ (?:the|a|an|my|our|your|his|her|its|it|this|that|these|those|all|sure|everything|whether|if|why|how)\b/i;
/** What a sentence has behind a command. */
const ANOTHER_REQUEST =
  /,? (?:and|then) (?:then )?(?:run|show|tell|print|create|write|read|explain|fix|list|see|check)\b/i;

/** The command that these words are; undefined where they are prose. */
export function commandIn(words: string): string | undefined {
  const text = words.trim();
  const [first = ""] = text.split(/\s/, 1);
  const isProgram = PROGRAMS.has(first) || /^(?:\.{0,2}\/|\w+=)/.test(first);
  const takesWords = first === "echo" || first === "printf";
  if (!isProgram || (!takesWords && PROSE.test(text)) || ANOTHER_REQUEST.test(text)) return undefined;
  return text;
}
