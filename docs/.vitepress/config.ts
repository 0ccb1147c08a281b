// The site: the lessons' Markdown as it stands in docs/, and beside it what build/ makes of the sources.
import { slug } from "github-slugger";
import { defineConfig, type HeadConfig } from "vitepress";
import { lessonBlocks } from "./build/blocks.ts";
import { THEME } from "./build/highlight.ts";
import { courseData } from "./build/plugin.ts";

/** Before the first paint: what only scripts can show takes its room, and nothing jumps. */
const HEAD: HeadConfig[] = [
  ["script", {}, "document.documentElement.classList.add('js')"],
  ["meta", { name: "theme-color", content: "#fbfaf7", media: "(prefers-color-scheme: light)" }],
  ["meta", { name: "theme-color", content: "#16181b", media: "(prefers-color-scheme: dark)" }],
];

const data = courseData();

export default defineConfig({
  title: "Learn coding agents",
  description: "Build a coding agent in TypeScript, one mechanism a chapter.",
  lang: "en",
  head: HEAD,
  srcExclude: ["**/node_modules/**", "test/**"],
  // Links to the offline model's addresses are examples.
  ignoreDeadLinks: "localhostLinks",
  markdown: {
    theme: THEME,
    anchor: { slugify: (text) => slug(text) },
    config: lessonBlocks,
  },
  themeConfig: { search: { provider: "local" } },
  vite: { plugins: [data.plugin], build: { chunkSizeWarningLimit: 1_000 } },
  buildEnd: ({ outDir }) => data.writeTo(outDir),
});
