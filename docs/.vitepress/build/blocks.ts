// What a page's generated blocks become on the site. The text that GitHub shows stays inside them, so that a
// reader without JavaScript has all of it. Not covered: blocks inside lists or quotes, of which there are none.
import type { MarkdownRenderer } from "vitepress";
import { parseDirective, type Directive } from "../../../scripts/lib/directive.ts";
import { tryItCommands } from "./commands.ts";
import { escapeHtml } from "./highlight.ts";
import { siteLink } from "./links.ts";
import { traceName } from "./traces.ts";

type Token = ReturnType<MarkdownRenderer["parse"]>[number];
type CoreRule = Parameters<MarkdownRenderer["core"]["ruler"]["push"]>[1];
type State = Parameters<CoreRule>[0];

/** A directive's tokens, its comments left out. */
interface Block {
  directive: Directive;
  tokens: Token[];
}

export function lessonBlocks(md: MarkdownRenderer): void {
  md.core.ruler.push("lesson-blocks", (state) => {
    for (const token of state.tokens) rewriteLinks(token);
    const parts = partsOf(state.tokens);
    const page = pageOf(state);
    let steps = 0;
    const made = parts.flatMap((part) => {
      if (!isBlock(part)) return pictureTokens(state, part);
      if (part.directive.name === "code") steps += 1;
      return blockTokens(state, part, steps - 1);
    });
    state.tokens = walkThrough(state, made, page);
  });
}

function pageOf({ env }: State): string {
  const { relativePath = "" } = env as { relativePath?: string };
  return relativePath.replace(/\.md$/, "");
}

function isBlock(part: Token | Block): part is Block {
  return "directive" in part;
}

function partsOf(tokens: readonly Token[]): (Token | Block)[] {
  const parts: (Token | Block)[] = [];
  let open: Block | undefined;
  for (const token of tokens) {
    const [, comment = ""] = (token.type === "html_block" && /^<!-- (.*) -->\s*$/.exec(token.content)) || [];
    if (comment === "end") open = undefined;
    else if (comment !== "") {
      const [name = "", rest = ""] = comment.split(/(?<=^\w+)(?= |$)/);
      open = { directive: parseDirective(name, rest), tokens: [] };
      parts.push(open);
    } else if (open) open.tokens.push(token);
    else parts.push(token);
  }
  return parts;
}

/** The component that stands around a block, or an element of its own class. */
function blockTokens(state: State, { directive, tokens }: Block, step: number): Token[] {
  const { name, words } = directive;
  // The site's own rail stands on every page.
  if (name === "rail") return [];
  const around = (open: string, close: string) => [html(state, open), ...tokens, html(state, close)];
  switch (name) {
    case "code":
      return around(
        `<CodeBlock path="${escapeHtml(words[0] ?? "")}" symbol="${escapeHtml(words[1] ?? "")}" :step="${step}">`,
        "</CodeBlock>",
      );
    case "transcript":
      return around(`<TranscriptBlock run="${escapeHtml(traceName(words))}">`, "</TranscriptBlock>");
    case "diff":
      return around(
        `<DiffBlock before="${escapeHtml(words[0] ?? "")}" after="${escapeHtml(words[1] ?? "")}">`,
        "</DiffBlock>",
      );
    case "tryit":
      addCommands(state, tokens, tryItCommands(words[0] ?? ""));
      return around('<div class="block block-tryit">', "</div>");
    default:
      return around(`<div class="block block-${name}">`, "</div>");
  }
}

/** A drawing, with the width that it needs. */
function pictureTokens(state: State, token: Token): Token[] {
  if (token.type !== "fence" || token.info !== "text") return [token];
  const columns = Math.max(1, ...token.content.split("\n").map((line) => line.length));
  return [html(state, `<div class="picture" style="--columns: ${columns}">`), token, html(state, "</div>")];
}

function addCommands(state: State, tokens: readonly Token[], commands: readonly string[]): void {
  const items = tokens.filter(({ type }) => type === "inline");
  for (const [index, item] of items.entries()) {
    const button = new state.Token("html_inline", "", 0);
    button.content = ` <CopyButton text="${escapeHtml(commands[index] ?? "")}" />`;
    item.children?.push(button);
  }
}

/** The part of a page that is read beside its code: from its facts on, in a lesson until "What changed". */
function walkThrough(state: State, tokens: Token[], page: string): Token[] {
  const title = tokens.findIndex(({ type }) => type === "heading_close") + 1;
  const facts = tokens.findIndex(({ content }) => content === '<div class="block block-facts">\n');
  const start = facts === -1 ? title : tokens.findIndex((token, at) => at > facts && isEnd(token)) + 1;
  const changed = tokens.findIndex(
    ({ type }, at) => type === "heading_open" && tokens[at + 1]?.content === "What changed",
  );
  const end = changed === -1 ? tokens.length : changed;
  const walk = tokens.slice(start, end);
  if (!walk.some(({ content }) => /^<(?:Code|Transcript)Block /.test(content))) return tokens;
  return [
    ...tokens.slice(0, start),
    html(state, `<LessonWalk page="${escapeHtml(page)}">`),
    ...walk,
    html(state, "</LessonWalk>"),
    ...tokens.slice(end),
  ];
}

function isEnd({ content }: Token): boolean {
  return content === "</div>\n";
}

function html(state: State, content: string): Token {
  const token = new state.Token("html_block", "", 0);
  token.content = `${content}\n`;
  token.block = true;
  return token;
}

function rewriteLinks(token: Token): void {
  for (const child of token.children ?? []) {
    const link = child.type === "link_open" ? child.attrGet("href") : null;
    if (link !== null) child.attrSet("href", siteLink(link));
  }
}
