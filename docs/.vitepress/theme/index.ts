// The site's own theme: no part of VitePress's is used but its search box.
import type { Theme } from "vitepress";
import "@fontsource-variable/source-serif-4/wght.css";
import "@fontsource-variable/source-serif-4/wght-italic.css";
import "./styles/base.css";
import "./styles/text.css";
import "./styles/blocks.css";
import ChapterCompare from "./compare/ChapterCompare.vue";
import CompareTitle from "./compare/CompareTitle.vue";
import DiffBlock from "./compare/DiffBlock.vue";
import ChapterGraph from "./course/ChapterGraph.vue";
import Layout from "./Layout.vue";
import CodeBlock from "./lesson/CodeBlock.vue";
import CopyButton from "./parts/CopyButton.vue";
import LessonWalk from "./lesson/LessonWalk.vue";
import SourceFile from "./lesson/SourceFile.vue";
import TranscriptBlock from "./lesson/TranscriptBlock.vue";

const COMPONENTS = {
  ChapterCompare,
  ChapterGraph,
  CodeBlock,
  CompareTitle,
  CopyButton,
  DiffBlock,
  LessonWalk,
  SourceFile,
  TranscriptBlock,
};

export default {
  Layout,
  enhanceApp({ app }) {
    for (const [name, component] of Object.entries(COMPONENTS)) app.component(name, component);
  },
} satisfies Theme;
