// Loaded in the program that is to be killed. A point is a place where the program can die with a difference: before
// it changes a file in its workspace, before it starts a process, and where the chapter's code awaits. Awaits are
// counted by what instrument.ts puts into the source; the others here, in Node's own modules.
import childProcess from "node:child_process";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";

export interface Point {
  /** As in src/background-manager.ts:171. */
  place: string;
  /** await, spawn, or the call and the file that it changes. */
  what: string;
}

export interface PointOptions {
  /** The workspace. */
  folder: string;
  /** Where the instrumented copy lies, and the repository, so that places can be named. */
  copy: string;
  root: string;
  /** Called at each point, before what it is about. */
  at(point: Point): void;
}

const BY_PATH = ["mkdirSync", "renameSync", "rmSync", "symlinkSync", "unlinkSync"] as const;
const BY_DESCRIPTOR = ["writeSync", "ftruncateSync"] as const;
const WHOLE = ["writeFileSync", "appendFileSync", "writeFile", "appendFile"] as const;

type Call = (...args: unknown[]) => unknown;

export function countPoints({ folder, copy, root, at }: PointOptions): void {
  const opened = new Set<unknown>();
  let isWithin = false;
  const inFolder = (target: unknown) =>
    typeof target === "string" ? target === folder || target.startsWith(`${folder}/`) : opened.has(target);
  const nameOf = (target: unknown) =>
    typeof target === "string" ? target.slice(folder.length + 1).replace(/\.\d+\.[0-9a-f]{8}\.tmp$/, ".tmp") : "";
  const point = (what: string, target: unknown = "") =>
    at({ place: callerOf(copy, root), what: `${what} ${nameOf(target)}`.trim() });
  const modules = fs as unknown as Record<string, Call>;
  const wrap = (name: string, counts: (args: unknown[]) => boolean, isWhole = false) => {
    const original = modules[name];
    if (!original) return;
    modules[name] = (...args) => {
      if (!counts(args)) return original.apply(fs, args);
      point(name.replace(/Sync$/, ""), args[name === "symlinkSync" ? 1 : 0]);
      isWithin = isWhole;
      try {
        return original.apply(fs, args);
      } finally {
        isWithin = false;
      }
    };
  };
  for (const name of BY_PATH) wrap(name, (args) => args.slice(0, 2).some(inFolder));
  for (const name of BY_DESCRIPTOR) wrap(name, ([target]) => inFolder(target));
  for (const name of WHOLE) wrap(name, ([target]) => inFolder(target), true);
  const { openSync, closeSync } = fs;
  fs.openSync = (path, flags, mode) => {
    const isWriting = inFolder(path) && flags !== undefined && flags !== "r" && typeof flags === "string";
    // What writes a whole file opens it, too: that is the same point.
    if (isWriting && !isWithin) point("open", path);
    const file = openSync(path, flags, mode);
    if (isWriting) opened.add(file);
    return file;
  };
  fs.closeSync = (file) => {
    opened.delete(file);
    closeSync(file);
  };
  const { spawn } = childProcess as unknown as { spawn: Call };
  Object.assign(childProcess, {
    spawn: (...args: unknown[]) => {
      point("spawn");
      return spawn(...args);
    },
  });
  syncBuiltinESMExports();
  Object.assign(globalThis, {
    __chaos: (place: string, value: unknown) => {
      at({ place, what: "await" });
      return value;
    },
  });
}

/** The innermost line of the course that is being run, below the packages' folders. */
function callerOf(copy: string, root: string): string {
  const frames = (new Error().stack ?? "").split("\n").slice(1);
  for (const frame of frames) {
    const [, path = "", line] = /(?:file:\/\/)?(\/[^\s():?]+)[^\s():]*:(\d+):\d+\)?$/.exec(frame) ?? [];
    if (path.startsWith(`${copy}/`)) return `${path.slice(copy.length + 1)}:${line}`;
    const [, own] = /^(?:packages|chapters)\/(.*)$/.exec(path.slice(root.length + 1)) ?? [];
    if (path.startsWith(join(root, "/")) && own !== undefined && !path.includes("node_modules"))
      return `${own.replace(/^(s\d\d)-[^/]+/, "$1")}:${line}`;
  }
  return "?";
}
