// read_file, write_file, edit_file. All paths go through safePath.
// Not covered: images and PDFs are refused as binary; there is no check that a file was read before it is edited.
import { mkdirSync, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { writeFileAtomic } from "../atomic-write.ts";
import { errorCode } from "../safe-path.ts";
import { defineTool, type Tool } from "../tool.ts";
import { ToolError } from "../tool-error.ts";
import type { Workspace } from "../workspace.ts";

const MAXIMUM_CHARACTERS = 50_000;
const MAXIMUM_BYTES = 20 * 1024 * 1024;

const path = z.string().min(1).describe("Relative to the workspace");

export function fileTools(workspace: Workspace): Tool[] {
  return [readFileTool(workspace), writeFileTool(workspace), editFileTool(workspace)];
}

function readFileTool(workspace: Workspace): Tool {
  return defineTool({
    name: "read_file",
    description: `Reads a text file, at most ${MAXIMUM_CHARACTERS} characters at a time.`,
    readOnly: true,
    input: z.object({
      path,
      offset: z.int().min(1).optional().describe("First line to read, counted from 1"),
      limit: z.int().min(1).optional().describe("Number of lines to read"),
    }),
    run({ path, offset = 1, limit }) {
      const text = readText(workspace.resolve(path), path);
      if (text === "") return "(the file is empty)";
      if (offset === 1 && limit === undefined && text.length <= MAXIMUM_CHARACTERS) return text;
      const lines = text.split("\n");
      if (text.endsWith("\n")) lines.pop();
      if (offset > lines.length)
        throw new ToolError(`${path} has only ${lines.length} lines; offset ${offset} is past its end.`);
      return excerpt(lines, offset, limit ?? lines.length);
    },
  });
}

/** Whole lines from `offset` on, as many as fit, and what was left out. */
function excerpt(lines: readonly string[], offset: number, limit: number): string {
  const wanted = lines.slice(offset - 1, offset - 1 + limit);
  let length = 0;
  const fitting = wanted.findIndex((line) => (length += line.length + 1) > MAXIMUM_CHARACTERS);
  const count = fitting === -1 ? wanted.length : fitting;
  const end = offset - 1 + count;
  if (count === 0) {
    const [line = ""] = wanted;
    return `${line.slice(0, MAXIMUM_CHARACTERS)}\n[line ${offset} goes on for ${line.length - MAXIMUM_CHARACTERS} more characters; use bash to cut it]`;
  }
  const rest =
    end < lines.length
      ? `\n[lines ${offset} to ${end} of ${lines.length}; continue with offset ${end + 1}]`
      : "";
  return wanted.slice(0, count).join("\n") + rest;
}

function writeFileTool(workspace: Workspace): Tool {
  return defineTool({
    name: "write_file",
    description: "Writes a text file, replacing what is there. Makes missing folders.",
    input: z.object({ path, content: z.string() }),
    run({ path, content }) {
      const target = workspace.resolve(path);
      if (statSync(target, { throwIfNoEntry: false })?.isDirectory())
        throw new ToolError(`${path} is a folder.`);
      asToolError(path, () => {
        mkdirSync(dirname(target), { recursive: true });
        writeFileAtomic(target, content);
      });
      return `Wrote ${content.length} characters to ${path}.`;
    },
  });
}

function editFileTool(workspace: Workspace): Tool {
  return defineTool({
    name: "edit_file",
    description: "Replaces text in a file. old_string must occur exactly once, unless replace_all is true.",
    input: z.object({
      path,
      old_string: z.string().min(1).describe("The exact text to replace, white space included"),
      new_string: z.string(),
      replace_all: z.boolean().default(false),
    }),
    run({ path, old_string, new_string, replace_all }) {
      const target = workspace.resolve(path);
      const pieces = readText(target, path).split(old_string);
      const count = pieces.length - 1;
      if (count === 0)
        throw new ToolError(`old_string was not found in ${path}. Read the file and copy the text exactly.`);
      if (count > 1 && !replace_all) {
        throw new ToolError(
          `old_string occurs ${count} times in ${path}. Add surrounding lines to make it unique, or set replace_all.`,
        );
      }
      asToolError(path, () => writeFileAtomic(target, pieces.join(new_string)));
      return `Replaced ${count} occurrence${count === 1 ? "" : "s"} in ${path}.`;
    },
  });
}

function readText(target: string, path: string): string {
  const stats = asToolError(path, () => statSync(target));
  if (stats.isDirectory()) throw new ToolError(`${path} is a folder. List it with bash: ls ${path}`);
  if (!stats.isFile()) throw new ToolError(`${path} is not a regular file.`);
  if (stats.size > MAXIMUM_BYTES)
    throw new ToolError(`${path} is too large (${stats.size} bytes). Use bash with head, tail or grep.`);
  const content = asToolError(path, () => readFileSync(target));
  if (content.subarray(0, 8192).includes(0)) throw new ToolError(`${path} is a binary file.`);
  return content.toString("utf8");
}

/** The file system's errors as messages that a model can act on. */
function asToolError<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const code = errorCode(error);
    const reasons: Record<string, string> = {
      ENOENT: `${path} does not exist.`,
      ENOTDIR: `A part of ${path} is a file, not a folder.`,
      EEXIST: `A part of ${path} is a file, not a folder.`,
      EACCES: `${path}: permission denied.`,
    };
    throw new ToolError(reasons[code] ?? `${path}: ${error instanceof Error ? error.message : code}`);
  }
}
