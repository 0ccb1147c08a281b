// Sources as highlighted lines. The colours are CSS variables, so that light and dark are one text.
import { createCssVariablesTheme, createHighlighter, type BundledLanguage, type Highlighter } from "shiki";

export const THEME = createCssVariablesTheme({ name: "course", variablePrefix: "--code-", fontStyle: false });

const LANGUAGES: Readonly<Record<string, BundledLanguage>> = {
  ts: "ts",
  mjs: "js",
  js: "js",
  json: "json",
  jsonc: "jsonc",
  md: "md",
  py: "python",
  sh: "sh",
  yml: "yaml",
};

let shared: Promise<Highlighter> | undefined;

/** One piece of HTML for each line of the file. */
export async function highlightedLines(path: string, source: string): Promise<string[]> {
  shared ??= createHighlighter({ themes: [THEME], langs: [...new Set(Object.values(LANGUAGES))] });
  const lang = LANGUAGES[path.split(".").at(-1) ?? ""];
  const highlighter = await shared;
  const text = source.trimEnd();
  if (lang === undefined) return text.split("\n").map(escapeHtml);
  const { tokens } = highlighter.codeToTokens(text, { lang, theme: "course" });
  return tokens.map((line) => line.map(({ content, color }) => span(content, color)).join(""));
}

/** `var(--code-token-keyword)` becomes the class `t-keyword`: a tenth of the size of a style. */
function span(content: string, color = ""): string {
  const text = escapeHtml(content);
  const [, name] = /--code-token-([\w-]+)/.exec(color) ?? [];
  return name === undefined || content.trim() === "" ? text : `<span class="t-${name}">${text}</span>`;
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
