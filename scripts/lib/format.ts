import { readFileSync } from "node:fs";
import { join } from "node:path";
import { format, type Options } from "prettier";
import { ROOT } from "./chapters.ts";

/** The text as `npm run format` would write it. Rejects where it does not parse. */
export function formatted(text: string, parser: "typescript" | "markdown"): Promise<string> {
  const options = JSON.parse(readFileSync(join(ROOT, ".prettierrc.json"), "utf8")) as Options;
  // Without a name it guesses whether the text is JSX, and a large file looks like it.
  return format(text, { ...options, parser, ...(parser === "typescript" && { filepath: "file.ts" }) });
}

/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
