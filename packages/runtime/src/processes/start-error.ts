// Why a command did not start, in words that say what to do: the system names the shell in each case, as in
// "spawn /bin/bash ENOENT", also where the folder is what is missing.
import { statSync } from "node:fs";
import { errorCode, errorMessage } from "../errors.ts";

const NO_ROOM = "Wait until running commands have ended, or end some.";

export function describeStartError(error: unknown, command: string, cwd: string): string {
  if (command.includes("\0")) return "the command holds a NUL byte, which no command line can. Leave it out.";
  switch (errorCode(error)) {
    case "E2BIG":
      return `the command has ${Buffer.byteLength(command).toLocaleString("en")} bytes, and the system takes about 131,000 in one. Write it to a file with write_file and run that.`;
    case "EMFILE":
    case "ENFILE":
      return `no file descriptor is left (${errorCode(error)}). ${NO_ROOM}`;
    case "EAGAIN":
    case "ENOMEM":
      return `the system starts no more processes (${errorCode(error)}). ${NO_ROOM}`;
    default:
      return folderProblem(cwd) ?? `${errorMessage(error)}.`;
  }
}

function folderProblem(cwd: string): string | undefined {
  const stats = statSync(cwd, { throwIfNoEntry: false });
  if (!stats)
    return `the folder ${cwd} does not exist; it was removed or renamed. Make it again, or start with --dir and another.`;
  return stats.isDirectory() ? undefined : `${cwd} is not a folder. Start with --dir and a folder.`;
}
