// The folder in which another future happens: never the user's own. By default a new playground, in which the changes of
// files up to the edited result are made again; or a copy of a folder. Not covered: what commands did before (they are
// not run again), and where a command leads with an absolute path.
import { cpSync, lstatSync, mkdtempSync, readlinkSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, isAbsolute, join } from "node:path";
import {
  defineAgent,
  ensurePlayground,
  errorMessage,
  fileTools,
  runTool,
  Session,
  Workspace,
  type ModelClient,
  type StampedEvent,
} from "@course/runtime";
import { REPOSITORY } from "@course/runtime/terminal";

export interface Copy {
  folder: string;
  remove(): void;
}

/** Throws an Error that names `dir` where it is no folder. */
export function copyFolder(dir: string | undefined): Copy {
  if (dir !== undefined && !statSync(dir, { throwIfNoEntry: false })?.isDirectory())
    throw new Error(`--dir ${dir}: there is no such folder.`);
  const parent = realpathSync(mkdtempSync(join(tmpdir(), "course-replay-")));
  const remove = () => rmSync(parent, { recursive: true, force: true });
  const folder = join(parent, "playground");
  try {
    if (dir === undefined) ensurePlayground(folder, join(REPOSITORY, "packages/playground/template"));
    else
      cpSync(dir, folder, { recursive: true, verbatimSymlinks: true, filter: (source) => isCopied(source) });
  } catch (error) {
    remove();
    throw new Error(`${dir ?? "The playground"} could not be copied: ${errorMessage(error)}`, {
      cause: error,
    });
  }
  return { folder, remove };
}

/** What could lead out of the copy stays behind: absolute links, and the .git of a worktree, which is a file. */
function isCopied(path: string): boolean {
  const stats = lstatSync(path);
  if (stats.isSymbolicLink()) return !isAbsolute(readlinkSync(path));
  if (basename(path) === ".git" && stats.isFile()) return false;
  return stats.isDirectory() || stats.isFile();
}

const CHANGES_FILES = new Set(["write_file", "edit_file"]);

/** How many changes of files were made again, and how many commands ran that were not. */
export interface MadeAgain {
  changes: number;
  commands: number;
}

/** Makes the changes of files again that the file tools made in these events. What fails now is left as it is. */
export async function changeAgain(
  folder: string,
  events: readonly StampedEvent[],
  model: ModelClient,
): Promise<MadeAgain> {
  const agent = defineAgent({ name: "replay", instructions: "", tools: fileTools(new Workspace(folder)) });
  const session = new Session(model);
  const done = new Set(
    events.flatMap((event) => (event.type === "tool_ended" && !event.result.isError ? [event.id] : [])),
  );
  const made = { changes: 0, commands: 0 };
  for (const event of events) {
    if (event.type !== "tool_started" || !done.has(event.id)) continue;
    if (event.name === "bash") made.commands += 1;
    if (!CHANGES_FILES.has(event.name)) continue;
    const result = await runTool(agent, session, { id: event.id, name: event.name, input: event.input });
    if (!result.is_error) made.changes += 1;
  }
  return made;
}
