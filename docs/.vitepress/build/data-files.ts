// What pages load when they need it: files, chapters, what a lesson's steps light, traces. In the site it is
// files under data/; the dev server makes each when it is asked for.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { chapters, findChapter, fromRoot, ROOT, sourceFiles } from "../../../scripts/lib/chapters.ts";
import { BLOCK, parseDirective } from "../../../scripts/lib/directive.ts";
import { lineNumbersOf } from "../../../scripts/lib/symbols.ts";
import { highlightedLines } from "./highlight.ts";
import { linkedFiles } from "./links.ts";
import type { ChapterSources, FileLines, Step } from "./shapes.ts";
import { Traces } from "./traces.ts";

const DOCS = join(ROOT, "docs");

export class DataFiles {
  readonly #traces = new Traces();

  /** Every file's path under data/. */
  paths(): string[] {
    const pages = readdirSync(DOCS).filter((name) => name.endsWith(".md"));
    const quoted = pages.flatMap((page) => stepsOf(page).map(({ path }) => path));
    const files = new Set([...quoted, ...linkedFiles()]);
    return [
      ...[...files].map((path) => `files/${path}.json`),
      ...pages
        .filter((page) => stepsOf(page).length > 0)
        .map((page) => `steps/${page.replace(".md", ".json")}`),
      ...chapters.map(({ id }) => `chapters/${id}.json`),
      ...this.#traces.names.map((name) => `traces/${name}.jsonl`),
    ];
  }

  /** The file's text; nothing for a path that is none of `paths()`. */
  async read(path: string): Promise<string | undefined> {
    if (!this.paths().includes(path)) return undefined;
    const [, kind, name = ""] = /^(\w+)\/(.+)\.jsonl?$/.exec(path) ?? [];
    if (kind === "files") return JSON.stringify(await fileLines(name));
    if (kind === "steps") return JSON.stringify(stepsOf(`${name}.md`));
    if (kind === "chapters") return JSON.stringify(await chapterSources(name));
    return this.#traces.get(name);
  }

  /** Writes all of them. Rejects with an Error that names what could not be made. */
  async writeTo(folder: string): Promise<void> {
    const write = async (path: string) => {
      const target = join(folder, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, (await this.read(path)) ?? "");
    };
    await Promise.all(this.paths().map(write));
  }

  close(): void {
    this.#traces.close();
  }
}

async function fileLines(path: string): Promise<FileLines> {
  const file = join(ROOT, path);
  if (existsSync(file) && statSync(file).isFile())
    return { path, lines: await highlightedLines(path, readFileSync(file, "utf8")) };
  throw new Error(`A page links to ${path}, which is no file.`);
}

/** What each `code` block of a page shows of its file, in the order of the page. */
function stepsOf(page: string): Step[] {
  const text = readFileSync(join(DOCS, page), "utf8");
  return [...text.matchAll(BLOCK)].flatMap(([, , name = "", rest = ""]) => {
    if (name !== "code") return [];
    const { words, quotes } = parseDirective(name, rest);
    const [path = "", symbol = ""] = words;
    return [{ path, symbol, lines: lineNumbersOf(path, symbol, quotes) }];
  });
}

async function chapterSources(id: string): Promise<ChapterSources> {
  const chapter = findChapter(id);
  const files = sourceFiles(chapter).map(async (file) => {
    const { lines } = await fileLines(fromRoot(join(chapter.folder, file)));
    return { path: file, lines };
  });
  return { id, files: await Promise.all(files) };
}
