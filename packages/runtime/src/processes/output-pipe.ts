// A real pipe for a command's output. What Node makes for a child is a socket, which no command can open by name, as
// in `echo oops > /dev/stderr`. Node has no call for a pipe, so mkfifo makes named ones, several at
// a time because starting it costs as much as a command, and each is used again once all its writers are gone.
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, constants, mkdirSync, openSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { errorCode } from "../errors.ts";

const MADE_AT_ONCE = 16;

/** Where this program's pipes lie, once there are some. The reaper removes it. */
export const PIPE_FOLDER = join(tmpdir(), `course-output-${randomBytes(8).toString("hex")}`);

let made = 0;
const free: string[] = [];

export interface OutputPipe {
  /** Ends when every process that holds the other end has closed it. */
  reader: Socket;
  /** For the command; the caller closes it once the command has it. */
  writer: number;
}

/** Throws the system's errors, as when no file descriptor is left. */
export function openPipe(): OutputPipe {
  const path = free.pop() ?? makePipes();
  try {
    return open(path);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") {
      free.push(path);
      throw error;
    }
    // Somebody swept the folder for temporary files. Other paths that are gone are found in their turn.
    return open(makePipes());
  }
}

function open(path: string): OutputPipe {
  // The reading end first, without waiting: opening the other would wait for a reader.
  const source = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  let writer: number | undefined;
  try {
    writer = openSync(path, constants.O_WRONLY);
    const reader = new Socket({ fd: source, readable: true, writable: false });
    reader.on("error", () => {});
    // Where it was closed before its end, a process may still write to it: that pipe is not used again.
    reader.once("close", () => reader.readableEnded && free.push(path));
    return { reader, writer };
  } catch (error) {
    for (const descriptor of [source, writer]) if (descriptor !== undefined) closeSync(descriptor);
    throw error;
  }
}

/** Makes some pipes, and returns the path of one. */
function makePipes(): string {
  mkdirSync(PIPE_FOLDER, { recursive: true, mode: 0o700 });
  const paths = Array.from({ length: MADE_AT_ONCE }, () => join(PIPE_FOLDER, String(made++)));
  const { status, stderr, error } = spawnSync("mkfifo", ["-m", "600", ...paths], { encoding: "utf8" });
  if (error) throw error;
  if (status !== 0) throw new Error(`mkfifo failed: ${stderr.trim()}`);
  const [first = "", ...others] = paths;
  free.push(...others);
  return first;
}
