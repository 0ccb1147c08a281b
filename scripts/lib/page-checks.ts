// What can be wrong with a filled page besides a block that is out of date.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import GithubSlugger from "github-slugger";
import { CHAPTER_ID, ROOT } from "./chapters.ts";
import { BLOCK } from "./directive.ts";

/** A lesson: its file is named after its chapter. Bridge notes (s02b, s13a) and the overview (s00) are none. */
const LESSON = new RegExp(`docs/(?!s00)${CHAPTER_ID}(?:-|\\.md$)`);

const LONGEST_BLOCK = 15;
const MOST_PROSE = 110;
const CODE = /^```(ts|json|jsonc|diff)\n([\s\S]*?)^```/gm;

/** Dead links and anchors, TypeScript that is not generated, blocks and prose that are too long, no edition. */
export function faultsOf(text: string, page: string): string[] {
  return [
    ...checkLinks(text, page),
    ...checkFences(text, page),
    ...checkLength(text, page),
    ...(LESSON.test(page) ? checkBlocks(text, page) : []),
    ...checkEdition(text, page),
  ];
}

function checkLinks(text: string, page: string): string[] {
  return [...withoutFences(text).matchAll(/\]\(([^)\s#]*)(?:#([^)\s]*))?\)/g)].flatMap((match) => {
    const [, link = "", anchor] = match;
    if (/^[a-z]+:/.test(link)) return [];
    const target = link === "" ? page : normalize(join(dirname(page), link));
    const at = `${page}: the link to ${link}${anchor === undefined ? "" : `#${anchor}`}`;
    if (!existsSync(join(ROOT, target)) && target !== page) return [`${at} leads nowhere`];
    if (anchor === undefined || !target.endsWith(".md")) return [];
    const anchors = anchorsOf(target === page ? text : readFileSync(join(ROOT, target), "utf8"));
    return anchors.includes(anchor)
      ? []
      : [
          `${at} leads to no heading; ${target} has ${anchors.map((name) => `#${name}`).join(", ") || "none"}`,
        ];
  });
}

/** The anchors that GitHub gives a page's headings, and those set by hand. */
function anchorsOf(text: string): string[] {
  const slugger = new GithubSlugger();
  const prose = withoutFences(text);
  const headings = [...prose.matchAll(/^#{1,6} +(.+?) *#*$/gm)].map(([, heading = ""]) =>
    // A heading's anchor is made of what one reads: a link's words, not its target.
    slugger.slug(heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")),
  );
  return [...headings, ...[...prose.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, name = ""]) => name)];
}

/** TypeScript that no directive wrote could say anything. */
function checkFences(text: string, page: string): string[] {
  const byHand = text.replace(BLOCK, "").match(/^```(ts|typescript|js|javascript)\b.*$/gm) ?? [];
  return byHand.map(
    (line) =>
      `${page}: a ${line.slice(3)} block that is not generated; quote it with <!-- code FILE SYMBOL -->`,
  );
}

function checkLength(text: string, page: string): string[] {
  // Blank lines around a block are no prose: short blocks, of which there are many, must not count as more.
  const prose = text
    .replace(BLOCK, "")
    .replace(/\n{3,}/g, "\n\n")
    .split("\n").length;
  return LESSON.test(page) && prose > MOST_PROSE
    ? [`${page}: ${prose} lines of prose; a lesson has at most ${MOST_PROSE}`]
    : [];
}

/** A block of code that fills the screen is not read. What two chapters differ in is shown whole. */
function checkBlocks(text: string, page: string): string[] {
  return [...text.matchAll(BLOCK)].flatMap(([whole, directive = "", name]) => {
    const blocks = name === "diff" ? [] : [...whole.matchAll(CODE)];
    return blocks.flatMap(([, language = "", code = ""]) => {
      const lines = code.trimEnd().split("\n").length;
      return lines > LONGEST_BLOCK
        ? [
            `${page}: <!-- ${directive} -->: ${lines} lines of ${language}; quote the ${LONGEST_BLOCK} that matter`,
          ]
        : [];
    });
  });
}

function checkEdition(text: string, page: string): string[] {
  return page.startsWith("docs/") && !new RegExp(`^<!-- (edition|facts ${CHAPTER_ID}) -->$`, "m").test(text)
    ? [`${page} names no edition; add <!-- edition -->`]
    : [];
}

function withoutFences(text: string): string {
  return text.replace(/^```[\s\S]*?^```/gm, "");
}
