// The course as the site's pages know it: from the chapters' cards and packages, and from the README.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readEdition } from "@course/runtime/terminal";
import { ownLines } from "../../../scripts/lib/chapter-diff.ts";
import { chapters, ROOT, type Chapter } from "../../../scripts/lib/chapters.ts";
import type { Course } from "./shapes.ts";

export function readCourse(): Course {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const [, intro = ""] = /^# .*\n\n([\s\S]*?)\n\n/.exec(readme) ?? [];
  const [, start = ""] = /^## Start\n([\s\S]*?)^## /m.exec(readme) ?? [];
  const commands = [...start.matchAll(/```sh\n(.+)\n```/g)].map(([, command = ""]) => command);
  return {
    edition: readEdition(),
    intro: intro.replaceAll("\n", " "),
    commands,
    transcript: /<!-- transcript [^>]*-->\n\n```text\n([\s\S]*?)\n```/.exec(readme)?.[1] ?? "",
    questions: readQuestions(),
    chapters: chapters.map((chapter) => ({
      id: chapter.id,
      name: chapter.name,
      title: chapter.card.title,
      stage: chapter.card.stage,
      subtitle: chapter.card.subtitle,
      insight: chapter.card.insight,
      needs: needsOf(chapter),
      lines: ownLines(chapter),
    })),
  };
}

function needsOf({ dependencies }: Chapter): string[] {
  return chapters.filter(({ name }) => dependencies.includes(`@course/${name}`)).map(({ id }) => id);
}

/** From the overview's table of stages. */
function readQuestions(): Record<string, string> {
  const overview = readFileSync(join(ROOT, "docs/s00-overview.md"), "utf8");
  const rows = [...overview.matchAll(/^\| (?:\d )?([A-Z][\w ]+) \| .+ \| (.+\?) \|$/gm)];
  return Object.fromEntries(rows.map(([, stage = "", question = ""]) => [stage, question]));
}
