// read_file, write_file, edit_file. Not covered: what packages/runtime/src/tools/ does besides, such as binary
// files, files of any size, and line breaks of other systems.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { defineTool, errorMessage, ToolError, type Tool, type Workspace, type Zod } from "@course/runtime";

const MAXIMUM_CHARACTERS = 50_000;
const path = (z: Zod) => z.string().min(1).describe("Relative to the workspace");

export function fileTools(workspace: Workspace): Tool[] {
  const read = (file: string) => asToolError(file, () => readFileSync(workspace.resolve(file), "utf8"));
  const write = (file: string, text: string) =>
    asToolError(file, () => {
      const target = workspace.resolve(file);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, text);
    });
  return [readFileTool(read), writeFileTool(write), editFileTool(read, write)];
}

type Read = (file: string) => string;
type Write = (file: string, text: string) => void;

function readFileTool(read: Read): Tool {
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
    run({ file_path, offset = 1, limit = Infinity }) {
      const lines = read(file_path)
        .split("\n")
        .slice(offset - 1, offset - 1 + limit);
      const text = lines.join("\n");
      return text.length <= MAXIMUM_CHARACTERS
        ? text || "(nothing there)"
        : `${text.slice(0, MAXIMUM_CHARACTERS)}\n[there is more; read it with offset and limit]`;
    },
  });
}

function writeFileTool(write: Write): Tool {
  return defineTool({
    name: "write_file",
    description: "Writes a text file, replacing what is there. Makes missing folders.",
    input: (z) => z.object({ file_path: path(z), content: z.string() }),
    run({ file_path, content }) {
      write(file_path, content);
      return `Wrote ${content.length} characters to ${file_path}.`;
    },
  });
}

function editFileTool(read: Read, write: Write): Tool {
  return defineTool({
    name: "edit_file",
    description: "Replaces one exact text in a file, which must be there once.",
    input: (z) => z.object({ file_path: path(z), old_string: z.string().min(1), new_string: z.string() }),
    run({ file_path, old_string, new_string }) {
      const parts = read(file_path).split(old_string);
      if (parts.length !== 2)
        throw new ToolError(`The text is in ${file_path} ${parts.length - 1} times; it must be there once.`);
      write(file_path, parts.join(new_string));
      return `Edited ${file_path}.`;
    },
  });
}

/** What the file system says is for the model to mend. */
function asToolError<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new ToolError(`${file}: ${errorMessage(error)}`);
  }
}
