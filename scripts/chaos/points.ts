// Loaded in the program that is to be killed. A point is a place where the program can die with a difference: before
// it changes a file in its workspace, before it starts a process, and where the chapter's code awaits. Awaits are
// counted by what instrument.ts puts into the source; the others here, in Node's own modules.
import childProcess from "node:child_process";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { basename, join } from "node:path";

export interface Point {
  /** As in background-manager.ts:171, or runtime/atomic-write.ts:20. */
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

const BY_PATH = ["mkdirSync", "renameSync", "symlinkSync", "unlinkSync"] as const;
const BY_DESCRIPTOR = ["writeSync", "ftruncateSync"] as const;
/** These open, write and remove by others of these calls. */
const WHOLE = ["writeFileSync", "appendFileSync", "writeFile", "appendFile", "rmSync"] as const;

/** As they are shown. */
const VERBS: Readonly<Record<string, string>> = { writeFile: "write", appendFile: "append", symlink: "link" };

type Call = (...args: unknown[]) => unknown;

/** From now on each point calls back. */
export function countPoints(options: PointOptions): void {
  const points = new Points(options);
  for (const name of BY_PATH) points.wrap(name, (args) => args.slice(0, 2));
  for (const name of BY_DESCRIPTOR) points.wrap(name, ([target]) => [target], "step");
  for (const name of WHOLE) points.wrap(name, ([target]) => [target], "whole");
  points.wrapOpen();
  const { spawn } = childProcess as unknown as { spawn: Call };
  Object.assign(childProcess, {
    spawn: (...args: unknown[]) => {
      points.reach("spawn");
      return spawn(...args);
    },
  });
  syncBuiltinESMExports();
  Object.assign(globalThis, {
    __chaos: (place: string, value: unknown) => {
      options.at({ place, what: "await" });
      return value;
    },
  });
}

class Points {
  readonly #options: PointOptions;
  readonly #modules = fs as unknown as Record<string, Call>;
  /** Files of the workspace that are open for writing. */
  readonly #opened = new Map<unknown, string>();
  #isWithin = false;

  constructor(options: PointOptions) {
    this.#options = options;
  }

  /**
   * Makes a call of fs a point where a target is in the workspace. Within a whole call only a step counts: a file that
   * was opened, and is still empty.
   */
  wrap(name: string, targets: (args: unknown[]) => unknown[], kind?: "whole" | "step"): void {
    const original = this.#modules[name];
    if (!original) return;
    this.#modules[name] = (...args) => {
      const target = targets(args).findLast((one) => this.#isOurs(one));
      if (target === undefined || (this.#isWithin && kind !== "step")) return original.apply(fs, args);
      this.reach(name.replace(/Sync$/, ""), target);
      const wasWithin = this.#isWithin;
      this.#isWithin ||= kind === "whole";
      try {
        return original.apply(fs, args);
      } finally {
        this.#isWithin = wasWithin;
      }
    };
  }

  /** To open a file for writing makes it. */
  wrapOpen(): void {
    const { openSync, closeSync } = fs;
    fs.openSync = (path, flags, mode) => {
      const isWriting = this.#isOurs(path) && typeof flags === "string" && flags !== "r";
      if (isWriting && !this.#isWithin) this.reach("open", path);
      const file = openSync(path, flags, mode);
      if (isWriting) this.#opened.set(file, String(path));
      return file;
    };
    fs.closeSync = (file) => {
      this.#opened.delete(file);
      closeSync(file);
    };
  }

  reach(what: string, target?: unknown): void {
    const { folder, copy, root, at } = this.#options;
    const path = typeof target === "string" ? target : this.#opened.get(target);
    const name =
      path === undefined || path === folder ? "" : basename(path).replace(/\.\d+\.[0-9a-f]{8}\.tmp$/, ".tmp");
    at({ place: callerOf(copy, root), what: `${VERBS[what] ?? what} ${name}`.trim() });
  }

  #isOurs(target: unknown): boolean {
    const { folder } = this.#options;
    if (typeof target !== "string") return this.#opened.has(target);
    return target === folder || target.startsWith(`${folder}/`);
  }
}

/** The innermost line of the course that is being run, below the packages' folders. */
function callerOf(copy: string, root: string): string {
  const frames = (new Error().stack ?? "").split("\n").slice(1);
  for (const frame of frames) {
    const [, path = "", line] = /(?:file:\/\/)?(\/[^\s():?]+)[^\s():]*:(\d+):\d+\)?$/.exec(frame) ?? [];
    if (path.startsWith(`${copy}/`)) return `${basename(path)}:${line}`;
    const [, own] = /^(?:packages|chapters)\/([^/-]+)/.exec(path.slice(root.length + 1)) ?? [];
    if (path.startsWith(join(root, "/")) && own !== undefined && !path.includes("node_modules"))
      return `${own}/${basename(path)}:${line}`;
  }
  return "?";
}
