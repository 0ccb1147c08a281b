// Links of pages to what is no page: a file of the repository is shown by the page /source.
import { readdirSync, readFileSync } from "node:fs";
import { join, normalize } from "node:path";
import { ROOT } from "../../../scripts/lib/chapters.ts";

/** Where the site shows what a page links to; the link itself where it leads to a page or elsewhere. */
export function siteLink(link: string): string {
  return link.startsWith("../") ? `/source#${fileOf(link)}` : link;
}

function fileOf(link: string): string {
  return normalize(join("docs", link.replace(/#.*$/, "")));
}

/** The files that pages link to, from the root. */
export function linkedFiles(): string[] {
  const pages = readdirSync(join(ROOT, "docs")).filter((name) => name.endsWith(".md"));
  const links = pages.flatMap((page) => [
    ...readFileSync(join(ROOT, "docs", page), "utf8").matchAll(/\]\((\.\.\/[^)\s]+)\)/g),
  ]);
  return [...new Set(links.map(([, link = ""]) => fileOf(link)))];
}
