// A memory as a file: frontmatter with its name, description and type, and the content below.
import { isUtf8 } from "node:buffer";
import { lstatSync } from "node:fs";
import { describeIssues, errorMessage, loadLater, readPlainFile, schema, ToolError } from "@course/runtime";
import { FrontmatterError, parseFrontmatter } from "@course/s05-skills";
import type { stringify } from "yaml";
import type { z } from "zod";

const yaml = loadLater<{ stringify: typeof stringify }>("yaml", import.meta.url);

const LARGEST_BYTES = 100_000;
/** With the rest of a temporary file's name it must stay under the 255 bytes of most file systems. */
const LONGEST_SLUG_BYTES = 120;

const memorySchema = schema((z) =>
  z.object({
    name: z.string().min(1),
    /** One line, by which a model decides whether to read the rest. */
    description: z.string().min(1),
    /** What it is about: the user, how they want work done, this project, or where to look things up. */
    type: z.enum(["user", "feedback", "project", "reference"]),
    /** When it was saved, in ISO 8601. */
    modified: z.string().optional(),
  }),
);

/**
 * What should still matter in the next session.
 *
 * @record `.memory/<slug>.md`, durable, shared by all programs in the workspace
 */
export type Memory = z.infer<ReturnType<typeof memorySchema>> & { slug: string; content: string };

/** A file that is no memory, and why. */
export interface BrokenMemory {
  slug: string;
  problem: string;
}

/** The file's name without .md: names that differ only in case or punctuation are one memory. Throws ToolError. */
export function slugOf(name: string): string {
  const slug = name
    .normalize("NFC")
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "");
  const expected = "Give a name of a few words, such as prefers-pnpm.";
  if (slug === "")
    throw new ToolError(`The name ${JSON.stringify(name)} has no letter or digit. ${expected}`);
  if (Buffer.byteLength(slug) > LONGEST_SLUG_BYTES)
    throw new ToolError(`The name ${JSON.stringify(name.slice(0, 40))}... is too long. ${expected}`);
  // MEMORY.md is the index, and some file systems do not tell upper from lower case.
  if (slug === "memory") throw new ToolError(`The name "memory" is the index's. ${expected}`);
  return slug;
}

export function renderMemory({ name, description, type, modified, content }: Omit<Memory, "slug">): string {
  const fields = yaml().stringify({ name, description, type, modified }, { lineWidth: 0 });
  return `---\n${fields}---\n\n${content.trim()}\n`;
}

/** Reads a file as a memory. What is wrong with it is returned, not thrown. */
export function readMemory(path: string, slug: string): Memory | BrokenMemory {
  try {
    if (lstatSync(path).isSymbolicLink()) return { slug, problem: "is a link" };
    const bytes = readPlainFile(path, LARGEST_BYTES);
    if (!isUtf8(bytes)) return { slug, problem: "is not UTF-8 text" };
    const { fields, body } = parseFrontmatter(bytes.toString("utf8"));
    const parsed = memorySchema().safeParse(fields);
    if (!parsed.success) return { slug, problem: describeIssues(parsed.error) };
    const { name } = parsed.data;
    if (slugOf(name) !== slug)
      return { slug, problem: `is named ${JSON.stringify(name)}, which belongs in ${slugOf(name)}.md` };
    return { ...parsed.data, slug, content: body };
  } catch (error) {
    const place = error instanceof FrontmatterError ? `line ${error.line}: ` : "";
    return { slug, problem: `${place}${errorMessage(error)}` };
  }
}

export function isBroken(file: Memory | BrokenMemory): file is BrokenMemory {
  return !("content" in file);
}
