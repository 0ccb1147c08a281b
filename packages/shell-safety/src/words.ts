// One word of a command line, taken apart by bash's rules of quoting. The grammar only says where the word begins
// and ends; a character that cannot stand inside a word at that place means that the grammar is wrong about it.

/** A word of a command. */
export interface Word {
  /** As bash hands it to the command, without quotes. Of an unknown word, as it was typed. */
  text: string;
  /** As it was typed. */
  raw: string;
  /** A glob may stand for several names; of an unknown word (a variable, a substitution) nothing is known. */
  kind: "literal" | "glob" | "unknown";
  /** What a glob stands for where it is used; see globs.ts. */
  names?: readonly string[];
  /** An unknown word with a glob in it, as in $HOME/*. */
  hasGlob?: true;
}

/** Where a substitution that begins at an index ends, according to the grammar; undefined if none begins there. */
export type SubstitutionEnd = (start: number) => number | undefined;

const VARIABLE = /\$(?:[A-Za-z_]\w*|[\d@*#?$!-]|\{(?:[A-Za-z_]\w*|\d|\?)\})/y;
/** Variables that hold what nobody should print. */
export const SECRET_VARIABLE = /\$\{?\w*(?:KEY|TOKEN|SECRET|PASSW|CREDENTIAL|AUTH)/i;
/** Names and subscripts in arithmetic are evaluated, so only digits pass. */
const ARITHMETIC = /\$\(\([\d +*/%-]+\)\)/y;
const SINGLE_QUOTED = /'[^']*'/y;
const PLAIN = /[^\s'"\\$`|&;()<>*?[{~#]+/y;
/** Braces without a comma or two dots, as in {} or stash@{0}, stay as they are. */
const INERT_BRACES = /\{[\w-]*\}/y;

/** Reads the word at [start, end) of the source. Throws a NotAWord that says what is in the way. */
export function readWord(source: string, start: number, end: number, substitution: SubstitutionEnd): Word {
  return new WordReader(source, start, end, substitution).read();
}

export class NotAWord extends Error {}

class WordReader {
  readonly #source: string;
  readonly #start: number;
  readonly #end: number;
  readonly #substitution: SubstitutionEnd;
  #at: number;
  #text = "";
  #isGlob = false;
  #isUnknown = false;

  constructor(source: string, start: number, end: number, substitution: SubstitutionEnd) {
    this.#source = source;
    this.#start = start;
    this.#end = end;
    this.#substitution = substitution;
    this.#at = start;
  }

  read(): Word {
    const raw = this.#source.slice(this.#start, this.#end);
    if (/^[<>]\(/.test(raw)) this.#substitute();
    else while (this.#at < this.#end) this.#piece();
    if (this.#at !== this.#end) throw new NotAWord(`${JSON.stringify(raw)} is no word`);
    if (this.#isUnknown) return { text: raw, raw, kind: "unknown", ...(this.#isGlob && { hasGlob: true }) };
    return { text: this.#text, raw, kind: this.#isGlob ? "glob" : "literal" };
  }

  #piece(): void {
    const plain = this.#match(PLAIN);
    if (plain !== undefined) return void (this.#text += plain);
    const character = this.#source[this.#at] ?? "";
    switch (character) {
      case "\\":
        return this.#escaped();
      case "'":
        return void (this.#text += this.#expect(SINGLE_QUOTED).slice(1, -1));
      case '"':
        return this.#doubleQuoted();
      case "$":
        return this.#dollar(/[/.,:%=+^\]]/);
      case "`":
        return this.#substitute();
      case "*":
      case "?":
      case "[":
        // Without its other half it is a character like any other.
        this.#isGlob ||= character !== "[" || this.#source.slice(this.#at, this.#end).includes("]");
        return this.#take(1);
      case "{":
        return this.#brace();
      case "~":
        return this.#tilde();
      case "#":
        if (this.#at > this.#start) return this.#take(1);
    }
    throw new NotAWord(`${JSON.stringify(character)} in the middle of a word`);
  }

  #escaped(): void {
    // bash drops both; what stands on either side becomes one word.
    if (this.#source[this.#at + 1] === "\n")
      throw new NotAWord("a line is continued in the middle of a word");
    this.#at += 1;
    this.#take(1);
  }

  #doubleQuoted(): void {
    this.#at += 1;
    while (this.#source[this.#at] !== '"') {
      if (this.#at >= this.#end) throw new NotAWord("a quote without its end");
      const character = this.#source[this.#at];
      if (character === "\\" && /[$`"\\\n]/.test(this.#source[this.#at + 1] ?? "")) this.#escaped();
      else if (character === "$") this.#dollar(/[^A-Za-z_\d@*#?$!({[-]/);
      else if (character === "`") this.#substitute();
      else this.#take(1);
    }
    this.#at += 1;
  }

  /** An expansion, or a dollar sign that is only that because of what follows. */
  #dollar(literalBefore: RegExp): void {
    const expansion = this.#match(VARIABLE) ?? this.#match(ARITHMETIC);
    if (expansion !== undefined) {
      if (SECRET_VARIABLE.test(expansion)) throw new NotAWord(`${expansion} may be a secret`);
      this.#isUnknown = true;
      return;
    }
    if (this.#source.startsWith("$(", this.#at)) return this.#substitute();
    const next = this.#source[this.#at + 1] ?? "";
    if (this.#at + 1 < this.#end && !literalBefore.test(next))
      throw new NotAWord(`an expansion that is not read: $${next}`);
    this.#take(1);
  }

  #substitute(): void {
    const end = this.#substitution(this.#at);
    if (end === undefined || end > this.#end) throw new NotAWord("a substitution that is not read");
    // Inside of backticks a backslash means another thing than outside.
    if (this.#source[this.#at] === "`" && this.#source.slice(this.#at, end).includes("\\"))
      throw new NotAWord("backticks with backslashes");
    this.#isUnknown = true;
    this.#at = end;
  }

  #brace(): void {
    const inert = this.#match(INERT_BRACES);
    if (inert !== undefined) return void (this.#text += inert);
    this.#isUnknown = true;
    this.#take(1);
  }

  /** Somebody's home, or the folder before this one, where a word or what follows = and : begins with it. */
  #tilde(): void {
    const before = this.#source[this.#at - 1] ?? "";
    const next = this.#at + 1 < this.#end ? (this.#source[this.#at + 1] ?? "") : "/";
    const isHome = this.#at === this.#start || before === "=" || before === ":";
    if (isHome && next !== "/" && next !== ":") this.#isUnknown = true;
    this.#take(1);
  }

  #take(count: number): void {
    this.#text += this.#source.slice(this.#at, this.#at + count);
    this.#at += count;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#source)?.[0];
    if (found === undefined || this.#at + found.length > this.#end) return undefined;
    this.#at += found.length;
    return found;
  }

  #expect(pattern: RegExp): string {
    const found = this.#match(pattern);
    if (found === undefined) throw new NotAWord("a quote without its end");
    return found;
  }
}
