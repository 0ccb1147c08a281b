// The addresses of the comparisons: /compare/s12/s13, for any two chapters in the order of the course.
import { chapters } from "../../../scripts/lib/chapters.ts";

export default {
  paths: () =>
    chapters.flatMap(({ id: before }, at) =>
      chapters.slice(at + 1).map(({ id: after }) => ({ params: { before, after } })),
    ),
};
