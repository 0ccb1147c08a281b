// Matchers: which tools, sources, triggers or agent types a hook is for.

/** Names that Claude Code's tools had before. */
const RENAMED: Readonly<Record<string, string>> = { Task: "Agent" };

/**
 * Letters, digits, `_ - , |` and blanks alone are a list of exact names; anything else is a regular expression that may match
 * anywhere in the name (https://code.claude.com/docs/en/hooks). Throws a SyntaxError where it is no regular expression.
 */
export function matcherFor(text = ""): (name: string) => boolean {
  if (text.trim() === "" || text.trim() === "*") return () => true;
  if (!/^[\w\-,| ]+$/.test(text)) {
    const pattern = new RegExp(text);
    return (name) => pattern.test(name);
  }
  const names = text.split(/[|,]/).map((name) => name.trim());
  const known = new Set(names.map((name) => RENAMED[name] ?? name));
  return (name) => known.has(name);
}
