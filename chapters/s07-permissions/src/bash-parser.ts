// The grammar of bash, which is compiled to WebAssembly and takes a tenth of a second to load.
import { createRequire } from "node:module";
import type { Parser } from "web-tree-sitter";

let loading: Promise<Parser> | undefined;

/** Loads it at the first call. Rejects where it cannot be loaded. */
export function bashParser(): Promise<Parser> {
  return (loading ??= load());
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
