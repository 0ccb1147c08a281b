// The site: the lessons' Markdown as it stands in docs/, and beside it what build/ makes of the sources.
import { slug } from "github-slugger";
import { defineConfig, type HeadConfig } from "vitepress";
import { lessonBlocks } from "./build/blocks.ts";
import { THEME } from "./build/highlight.ts";
import { courseData } from "./build/plugin.ts";

const ICON =
  "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><rect width='16' height='16' rx='3' fill='%23a23a17'/><path d='M11.5 5A4.5 4.5 0 1 0 12 10M12 3v3H9' fill='none' stroke='white' stroke-width='1.6'/></svg>";

/** Before the first paint: what only scripts can show takes its room, and nothing jumps. */
const HEAD: HeadConfig[] = [
  ["link", { rel: "icon", href: ICON }],
  ["script", {}, "document.documentElement.classList.add('js')"],
  ["meta", { name: "theme-color", content: "#fbfaf7", media: "(prefers-color-scheme: light)" }],
  ["meta", { name: "theme-color", content: "#16181b", media: "(prefers-color-scheme: dark)" }],
];

const SEARCH_BOX = "vitepress/dist/client/theme-default/components/VPLocalSearchBox.vue";

const data = courseData();

/** The dev server's first page names no icon until its scripts run, and a browser asks for one before that. */
const iconAtOnce = {
  name: "icon-at-once",
  apply: "serve" as const,
  transformIndexHtml: () => [{ tag: "link", attrs: { rel: "icon", href: ICON } }],
};

export default defineConfig({
  title: "Learn coding agents",
  description: "Build a coding agent in TypeScript, one mechanism a chapter.",
  lang: "en",
  head: HEAD,
  srcExclude: ["**/node_modules/**", "test/**"],
  // Links to the offline model's addresses are examples.
  ignoreDeadLinks: "localhostLinks",
  // A page that is not opened need not be loaded.
  router: { prefetchLinks: false },
  markdown: {
    theme: THEME,
    anchor: { slugify: (text) => slug(text) },
    config: lessonBlocks,
  },
  themeConfig: { search: { provider: "local" } },
  vite: {
    plugins: [data.plugin, iconAtOnce],
    resolve: { alias: { "#search-box": SEARCH_BOX } },
    build: { chunkSizeWarningLimit: 1_000 },
  },
  // A comparison's heading has its chapters' names only where the page is shown.
  transformPageData: ({ params }) =>
    params ? { title: `${params["before"]} and ${params["after"]}` } : undefined,
  buildEnd: ({ outDir }) => data.writeTo(outDir),
});
