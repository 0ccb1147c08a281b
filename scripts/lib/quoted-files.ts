// How much of a chapter one has to read: the mechanism is what its lesson quotes, and its wiring.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fromRoot, ROOT, sourceFiles, type Chapter } from "./chapters.ts";

/** The chapter's files that its lesson quotes with <!-- code -->, and agent.ts, in the order of a reader. */
export function quotedFiles(chapter: Chapter): string[] {
  const lesson = join(ROOT, "docs", `${chapter.name}.md`);
  const text = existsSync(lesson) ? readFileSync(lesson, "utf8") : "";
  const quoted = [...text.matchAll(/^<!-- code (\S+) /gm)].map(([, path = ""]) => path);
  return sourceFiles(chapter).filter(
    (file) => file === "src/agent.ts" || quoted.includes(fromRoot(join(chapter.folder, file))),
  );
}
