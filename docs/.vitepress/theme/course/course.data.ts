// The course, read when the site is built, and again when a card changes.
import { readCourse } from "../../build/course.ts";
import type { Course } from "../../build/shapes.ts";

declare const data: Course;
export { data };

export default {
  watch: ["../../../../chapters/*/package.json", "../../../../README.md"],
  load: readCourse,
};
