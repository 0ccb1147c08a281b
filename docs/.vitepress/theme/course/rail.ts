// The order of the course, and where a page stands in it.
import type { CourseChapter } from "../../build/shapes.ts";
import { data as course } from "./course.data.ts";

export interface Stage {
  title: string;
  chapters: CourseChapter[];
}

export interface Turn {
  link: string;
  title: string;
}

export const stages: readonly Stage[] = [...new Set(course.chapters.map(({ stage }) => stage))].map(
  (title) => ({ title, chapters: course.chapters.filter(({ stage }) => stage === title) }),
);

export const lessonLink = ({ name }: Pick<CourseChapter, "name">): string => `/${name}.html`;

/** The chapter of a page: of its lesson, or of a note beside it, such as s06a or s13a. */
export function chapterOf(relativePath: string): CourseChapter | undefined {
  const [, id] = /^(s\d\d|full)/.exec(relativePath) ?? [];
  return course.chapters.find((chapter) => chapter.id === id);
}

/** The pages before and after. A note beside a chapter stands between it and the next. */
export function turnsOf(relativePath: string): { before?: Turn | undefined; after?: Turn | undefined } {
  const name = relativePath.replace(/\.md$/, "");
  const order = [
    { link: "/s00-overview.html", title: "The course", name: "s00-overview" },
    ...course.chapters.map(turn),
  ];
  const at = order.findIndex((page) => page.name === name);
  if (at !== -1) return { before: order[at - 1], after: order[at + 1] };
  const chapter = chapterOf(relativePath);
  const beside = order.findIndex((page) => page.name === chapter?.name);
  return beside === -1 ? {} : { before: order[beside], after: order[beside + 1] };
}

function turn(chapter: CourseChapter): Turn & { name: string } {
  return { link: lessonLink(chapter), title: `${chapter.id} ${chapter.title}`, name: chapter.name };
}
