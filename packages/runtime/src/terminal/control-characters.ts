// Characters that a terminal obeys, or hides, instead of showing them: escape sequences, a bare carriage
// return, marks that reverse the writing direction, characters without width. Text of models, tools and
// files may hold them, and could paint over what we show, so no such text reaches the screen as it is.

/* oxlint-disable no-control-regex -- control characters are what this file looks for */

/** Escape sequences: with parameters, as for colours; with a text, as for a title; and the short ones. */
const SEQUENCES =
  /(?:\x1B\[|\x9B)[0-?]*[ -/]*[@-~]|(?:\x1B[\]PX^_]|[\x90\x98\x9D-\x9F])[^\x07\x1B\x9C\n]*(?:\x07|\x9C|\x1B\\)|\x1B[ -/]*[0-~]/g;
// What joins two pictures into one (a family, a profession) is shown, and so stays.
const JOINS_PICTURES =
  "(?<=\\p{Extended_Pictographic}[\\uFE0F\\u{1F3FB}-\\u{1F3FF}]?)\\u200D(?=\\p{Extended_Pictographic})";
const CONTROL = `(?!${JOINS_PICTURES}|[\\uFE0E\\uFE0F])[\\p{Cc}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}\\uFFF9-\\uFFFB]`;
const ANY_CONTROL = new RegExp(CONTROL, "u");
const CONTROLS = new RegExp(`(?!\\n)${CONTROL}`, "gu");
/** The beginning of an escape sequence, of a CR LF or of a joined picture, whose end is still to come. */
const UNFINISHED =
  /(?:\r|\u200D[\uD800-\uDBFF]?|[\uD800-\uDBFF]|\x1B[ -/]*|(?:\x1B\[|\x9B)[0-?]*[ -/]*|(?:\x1B[\]PX^_]|[\x90\x98\x9D-\x9F])[^\x07\x1B\x9C\n]{0,1000}\x1B?)$/;

/** Whether the text holds a character that a terminal obeys or hides; a line break and a tab count, too. */
export function hasControlCharacters(text: string): boolean {
  return ANY_CONTROL.test(text);
}

export function withoutSequences(text: string): string {
  return text.replace(SEQUENCES, "");
}

/** The text as it may be shown: without control characters, tabs as blanks, a CR as a line break. */
export function harmless(text: string): string {
  const lines = text.replace(/\r\n?|[\u2028\u2029]/g, "\n");
  return withoutSequences(lines).replaceAll("\t", "  ").replace(CONTROLS, "");
}

/** The text with each control character but the line break written out, as in \x1b: for what a person must judge. */
export function visible(text: string): string {
  return text.replace(CONTROLS, (character) => {
    if (character === "\t") return "\\t";
    if (character === "\r") return "\\r";
    const code = character.codePointAt(0) ?? 0;
    const hex = code.toString(16);
    if (code < 0x100) return `\\x${hex.padStart(2, "0")}`;
    return code > 0xffff ? `\\u{${hex}}` : `\\u${hex.padStart(4, "0")}`;
  });
}

/** How much of the end of streamed text must wait for what follows before it can be judged. */
export function unfinishedLength(text: string): number {
  return UNFINISHED.exec(text)?.[0].length ?? 0;
}
