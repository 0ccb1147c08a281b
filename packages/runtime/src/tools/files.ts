// read_file, write_file, edit_file. All paths go through safePath.
// Not covered: images and PDFs are refused as binary; there is no check that a file was read before it is edited.
import { isUtf8 } from "node:buffer";
import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { writeFileAtomic } from "../workspace/atomic-write.ts";
import { checkPlain, NotPlainFileError, readPlainFile } from "../workspace/plain-file.ts";
import { withMarkOf } from "./byte-order-mark.ts";
import { replaceText } from "./replace-text.ts";
import type { Zod } from "./schema.ts";
import { defineTool, type Tool } from "./tool.ts";
import { MAXIMUM_CHARACTERS, readLines } from "./read-lines.ts";
import type { Workspace } from "../workspace/workspace.ts";
import { errorCode, ToolError } from "../errors.ts";

const MAXIMUM_BYTES = 20 * 1024 * 1024;

const path = (z: Zod) => z.string().min(1).describe("Relative to the workspace");

export function fileTools(workspace: Workspace): Tool[] {
  return [readFileTool(workspace), writeFileTool(workspace), editFileTool(workspace)];
}

function readFileTool(workspace: Workspace): Tool {
  return defineTool({
    name: "read_file",
    description: `Reads a text file, at most ${MAXIMUM_CHARACTERS} characters at a time.`,
    readOnly: true,
    input: (z) =>
      z.object({
        file_path: path(z),
        offset: z.int().min(1).optional().describe("First line to read, counted from 1"),
        limit: z.int().min(1).optional().describe("Number of lines to read"),
      }),
    run({ file_path: path, offset = 1, limit = Infinity }) {
      const target = workspace.resolve(path);
      return asToolError(path, () => {
        checkPlain(statSync(target));
        return readLines(target, path, offset, limit);
      });
    },
  });
}

function writeFileTool(workspace: Workspace): Tool {
  return defineTool({
    name: "write_file",
    description: "Writes a text file, replacing what is there. Makes missing folders.",
    input: (z) => z.object({ file_path: path(z), content: z.string() }),
    run({ file_path: path, content }) {
      const target = workspace.resolve(path);
      return asToolError(path, () => {
        mkdirSync(dirname(target), { recursive: true });
        writeFileAtomic(target, withMarkOf(target, content));
        return `Wrote ${content.length} characters to ${path}.`;
      });
    },
  });
}

function editFileTool(workspace: Workspace): Tool {
  return defineTool({
    name: "edit_file",
    description: "Replaces text in a file. old_string must occur exactly once, unless replace_all is true.",
    input: (z) =>
      z.object({
        file_path: path(z),
        old_string: z.string().min(1).describe("The exact text to replace, white space included"),
        new_string: z.string(),
        replace_all: z.boolean().default(false),
      }),
    run({ file_path: path, old_string, new_string, replace_all }) {
      const target = workspace.resolve(path);
      return asToolError(path, () => {
        const { count, text } = replaceText(readText(target, path), old_string, new_string);
        if (count === 0)
          throw new ToolError(
            `old_string was not found in ${path}. Read the file and copy the text exactly.`,
          );
        if (count > 1 && !replace_all) {
          throw new ToolError(
            `old_string occurs ${count} times in ${path}. Add surrounding lines to make it unique, or set replace_all.`,
          );
        }
        writeFileAtomic(target, text);
        return `Replaced ${count} occurrence${count === 1 ? "" : "s"} in ${path}.`;
      });
    },
  });
}

function readText(target: string, path: string): string {
  const content = readPlainFile(target, MAXIMUM_BYTES);
  if (content.subarray(0, 8000).includes(0)) throw new ToolError(`${path} is a binary file.`);
  if (!isUtf8(content))
    throw new ToolError(`${path} is not UTF-8; editing would damage it. Use bash with sed.`);
  return content.toString("utf8");
}

/** Runs `action`, with the file system's errors as messages that a model can act on. */
async function asToolError<T>(path: string, action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof ToolError) throw error;
    if (error instanceof NotPlainFileError)
      throw new ToolError(`${path} ${error.message}. Use bash to look at it or change it.`);
    const code = errorCode(error);
    const reasons: Record<string, string> = {
      ENOENT: `${path} does not exist.`,
      ENOTDIR: `A part of ${path} is a file, not a folder.`,
      EEXIST: `A part of ${path} is a file, not a folder.`,
      EACCES: `${path}: permission denied. See its mode with bash: ls -l; if it is read-only on purpose, leave it.`,
    };
    throw new ToolError(reasons[code] ?? `${path}: ${error instanceof Error ? error.message : code}`);
  }
}
