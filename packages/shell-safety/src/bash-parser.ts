// The grammar of bash, which is compiled to WebAssembly and takes a tenth of a second to load.
import { createRequire } from "node:module";
import type { Parser, Tree } from "web-tree-sitter";

let loading: Promise<Parser> | undefined;

/** Some lines of a few hundred characters keep the parser busy for minutes, and nothing else runs meanwhile. */
const PARSE_MICROSECONDS = 25_000;

/** The tree of a line, to be deleted after use; undefined if it takes too long. Rejects where the grammar cannot be loaded. */
export async function parseBash(text: string): Promise<Tree | undefined> {
  const parser = await (loading ??= load());
  // Time of the processor, so that a busy machine does not make plain lines unclear.
  const begin = process.cpuUsage();
  // The declared type returns nothing, but a callback that returns true stops the parser.
  const isLate = () => process.cpuUsage(begin).user > PARSE_MICROSECONDS;
  const tree = parser.parse(text, null, { progressCallback: isLate });
  if (!tree) parser.reset();
  return tree ?? undefined;
}

async function load(): Promise<Parser> {
  const { Language, Parser } = await import("web-tree-sitter");
  await Parser.init();
  const require = createRequire(import.meta.url);
  const language = await Language.load(require.resolve("tree-sitter-bash/tree-sitter-bash.wasm"));
  const parser = new Parser();
  parser.setLanguage(language);
  return parser;
}
