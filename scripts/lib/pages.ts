// A page and its blocks: everything between <!-- name arguments --> and <!-- end --> is made here.
import { BreakIts } from "./break-it.ts";
import { BLOCK, parseDirective } from "./directive.ts";
import { fill } from "./directives.ts";
import { Runs } from "./runs.ts";
import type { BlockCache } from "./block-cache.ts";

/** Directives whose text comes from a run. On a busy machine, things that end together may be told apart. */
const LIVE = new Set([
  "transcript",
  "oneshot",
  "context",
  "request",
  "file",
  "predict",
  "break",
  "beside",
  "killed",
  "compare",
]);
const TRIES = 6;

export interface FilledPage {
  text: string;
  /** What could not be filled, with page and line. */
  faults: string[];
  /** How many blocks were made anew, and not found in the cache. */
  made: number;
}

export interface FillOptions {
  cache?: BlockCache;
  /** The page is only compared: what differs because of a run is run again. */
  isCheck?: boolean;
}

/** The page with every block filled. `page` is its path from the root. */
export async function fillPage(before: string, page: string, options: FillOptions = {}): Promise<FilledPage> {
  const filler = new PageFiller(before, page, options);
  try {
    let text = "";
    let from = 0;
    for (const match of before.matchAll(BLOCK)) {
      text += before.slice(from, match.index);
      text += await filler.block(match, lineAt(before, match.index));
      from = match.index + match[0].length;
    }
    return { text: text + before.slice(from), faults: filler.faults, made: filler.made };
  } finally {
    await filler.runs.end();
  }
}

class PageFiller {
  readonly faults: string[] = [];
  made = 0;
  runs = new Runs();
  readonly #page: string;
  readonly #options: FillOptions;
  readonly #breaks: BreakIts;

  constructor(text: string, page: string, options: FillOptions) {
    this.#page = page;
    this.#options = options;
    const asked = [...text.matchAll(BLOCK)].filter(
      (block) => block[2] === "break" && this.#known(block) === undefined,
    );
    this.#breaks = new BreakIts(
      asked.map(([, , name = "", rest = ""]) => {
        const [id = "", exercise = ""] = parseDirective(name, rest).words;
        return [id, exercise];
      }),
    );
    this.#breaks.start();
  }

  /** What the block was filled with from the same sources, unless it may come out otherwise. */
  #known([whole, directive = "", name = ""]: RegExpMatchArray): string | undefined {
    const { cache, isCheck } = this.#options;
    const known = cache?.get(this.#page, directive);
    return LIVE.has(name) && isCheck && known !== whole ? undefined : known;
  }

  async block(block: RegExpMatchArray, line: number): Promise<string> {
    const [whole, directive = "", name = "", rest = ""] = block;
    const { cache, isCheck } = this.#options;
    const known = this.#known(block);
    if (known !== undefined) return known;
    const mayDiffer = LIVE.has(name) && isCheck;
    this.made += 1;
    try {
      const text = await this.#make(directive, name, rest, mayDiffer ? whole : undefined);
      cache?.set(this.#page, directive, text);
      return text;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.faults.push(`${this.#page}:${line}: <!-- ${directive} -->: ${message}`);
      return whole;
    }
  }

  /** Makes the block; if another text of it is expected, as often as it may take. */
  async #make(directive: string, name: string, rest: string, expected: string | undefined): Promise<string> {
    for (let left = expected === undefined ? 1 : TRIES; ; left--) {
      try {
        const context = { page: this.#page, runs: this.runs, breaks: this.#breaks };
        const filled = await fill(parseDirective(name, rest), context);
        const text = `<!-- ${directive} -->\n\n${filled}\n\n<!-- end -->`;
        if (expected !== undefined && untimed(text) === untimed(expected)) return expected;
        if (left === 1) return text;
      } catch (error) {
        // What is quoted may be missing in one run, and there in the next.
        if (left === 1) throw error;
      }
      await this.runs.end();
      this.runs = new Runs();
    }
  }
}

/** Without how long tasks, calls and runs took: a busy machine takes longer. */
function untimed(text: string): string {
  return text.replace(/(\bseconds=\\?")\d+/g, "$1").replace(/(?: \d+ s|^\(\d+ s\))$/gm, "");
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}
