// Frontmatter: YAML between a first line "---" and the next line "---"; the rest is the body.
import { loadLater, withoutMark } from "@course/runtime";
import type { parseDocument } from "yaml";

const parser = loadLater<{ parseDocument: typeof parseDocument }>("yaml", import.meta.url);

/** Far more than a skill needs. Above this, twenty thousand keys take yaml seconds. */
const LONGEST_FRONTMATTER = 20_000;

/** What is wrong, and on which line of the file, counted from 1. */
export class FrontmatterError extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/** Splits a file into its fields and its body. A byte order mark and CRLF are fine. Throws FrontmatterError. */
export function parseFrontmatter(text: string): { fields: Record<string, unknown>; body: string } {
  const lines = withoutMark(text).split(/\r?\n/);
  if (text.trim() === "") throw new FrontmatterError(1, "the file is empty");
  if (lines[0]?.trimEnd() !== "---") throw new FrontmatterError(1, 'the first line is not "---"');
  const end = lines.findIndex((line, index) => index > 0 && line.trimEnd() === "---");
  if (end === -1) throw new FrontmatterError(lines.length, 'no second line "---" ends the frontmatter');
  const yaml = lines.slice(1, end).join("\n");
  if (yaml.length > LONGEST_FRONTMATTER)
    throw new FrontmatterError(
      2,
      `the frontmatter has ${yaml.length} characters; at most ${LONGEST_FRONTMATTER} are read. Put the rest below it`,
    );
  // maxAliasCount is yaml's guard against a few lines that expand to gigabytes.
  const document = parser().parseDocument(yaml, { prettyErrors: true });
  const [error] = document.errors;
  if (error) throw new FrontmatterError((error.linePos?.[0].line ?? 1) + 1, describe(error.message));
  const fields: unknown = document.toJS({ maxAliasCount: 100 }) ?? {};
  if (!isFields(fields)) throw new FrontmatterError(2, 'expected fields, such as "name: my-skill"');
  return {
    fields,
    body: lines
      .slice(end + 1)
      .join("\n")
      .trim(),
  };
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function describe(message: string): string {
  const [first = message] = message.split(/ at line |\n/);
  return /nested mappings/i.test(first) ? `${first}: put a value that holds ": " in quotes` : first;
}
