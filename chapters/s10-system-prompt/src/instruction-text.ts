// An instruction file's text as the model reads it, and what it imports: block comments are left out, and
// "@path" in the prose (not in code, not within a word as in an e-mail address) names another file.
import { loadLater } from "@course/runtime";
import type { Lexer, walkTokens, Token } from "marked";

const marked = loadLater<{ Lexer: typeof Lexer; walkTokens: typeof walkTokens }>("marked", import.meta.url);

/** The path behind an @ at the start of a word; a blank in it is written as "\ ". Before it may stand marks of emphasis. */
const IMPORT = /(?:^|(?<=[\s(]))[*_~]*@((?:[^\s\\]|\\.)+)/g;

/** Marks behind a path; those of __init__ are its own. */
const EMPHASIS_ENDS = /(?:(\.\w*[^\W_])_+|[*~]+)$/;

/** How what is no prose begins. A bare address is a link, too, and may be a path, as in docs/icon@2x.md. */
const OTHERS: Readonly<Record<string, RegExp>> = { codespan: /^`/, html: /^</, link: /^[[<]/, image: /^!/ };

export interface InstructionText {
  text: string;
  /** The paths as written, in their order. */
  imports: string[];
}

export function readInstructionText(source: string): InstructionText {
  const { Lexer, walkTokens } = marked();
  const tokens = new Lexer().lex(source.replace(/\r\n?/g, "\n"));
  const imports: string[] = [];
  // Its promises are those of asynchronous callbacks; ours is none.
  void walkTokens(tokens, (token) => {
    for (const { raw, tokens: inner } of linesOf(token)) imports.push(...importsIn(prose(raw, inner)));
  });
  let text = "";
  for (const [index, token] of tokens.entries()) {
    const before = tokens[index - 1];
    // With a comment go the blank lines below it.
    if (token.type === "space" && before && isComment(before)) continue;
    text += isComment(token) ? withoutComments(token.raw) : token.raw;
  }
  return { text: text.trim(), imports };
}

interface Lines {
  raw: string;
  tokens: readonly Token[];
}

/** The lines of text that a block holds itself. */
function linesOf(token: Token): Lines[] {
  if (token.type === "table") {
    const cells = [token.header, ...token.rows].flat() as { text: string; tokens: Token[] }[];
    return cells.map(({ text, tokens }) => ({ raw: text, tokens }));
  }
  const holds = ["paragraph", "heading", "text"].includes(token.type);
  return holds && "tokens" in token && token.tokens ? [{ raw: token.raw, tokens: token.tokens }] : [];
}

/** The text without code, links and HTML. All else stays as it was written: marks such as _ may be part of a path. */
function prose(raw: string, tokens: readonly Token[]): string {
  let text = raw;
  let at = 0;
  void marked().walkTokens([...tokens], (token) => {
    if (!OTHERS[token.type]?.test(token.raw)) return;
    const start = text.indexOf(token.raw, at);
    if (start === -1) return;
    at = start + token.raw.length;
    text = `${text.slice(0, start)}${"x".repeat(token.raw.length)}${text.slice(at)}`;
  });
  return text;
}

function importsIn(text: string): string[] {
  return [...text.matchAll(IMPORT)].map(([, path = ""]) =>
    path.replace(EMPHASIS_ENDS, "$1").replace(/\\(.)/g, "$1"),
  );
}

function isComment(token: Token): boolean {
  return token.type === "html" && token.raw.trimStart().startsWith("<!--");
}

function withoutComments(html: string): string {
  return html.replace(/<!--[\s\S]*?(?:-->|$)\n*/g, "");
}
