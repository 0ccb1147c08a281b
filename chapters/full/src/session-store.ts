// The folder of sessions. Not covered: throwing old ones away; they are files, and yours.
import {
  appendFileSync,
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { stateFolder, type Workspace } from "@course/runtime";
import { FileLock } from "@course/s12-task-system";
import { readSession, readWhole, type KeptSession, type SessionHeader } from "./session-lines.ts";

export const FOLDER = ".sessions";
const HEAD_BYTES = 64 * 1024;

export interface SessionSummary {
  id: string;
  /** When something last happened in it. */
  changedAt: Date;
  /** The user's first words, a thousand characters at most; undefined where they stand too far in, or are no JSON. */
  prompt: string | undefined;
}

export class SessionStore {
  readonly #root: string;

  constructor({ root }: Workspace) {
    this.#root = root;
  }

  /** All sessions, the last first. Only the beginning of each file is read. */
  list(): SessionSummary[] {
    return this.#ids()
      .map((id) => ({
        id,
        changedAt: statSync(this.pathOf(id)).mtime,
        prompt: firstPrompt(this.pathOf(id)),
      }))
      .sort((a, b) => b.changedAt.getTime() - a.changedAt.getTime());
  }

  /** The session whose id begins so. Throws an Error where there is none, or more than one. */
  find(start: string): string {
    const found = this.#ids().filter((id) => id.startsWith(start));
    const [id] = found;
    if (id === undefined)
      throw new Error(
        `There is no session "${start}" in ${this.#root}. --resume lists those that there are.`,
      );
    if (found.length > 1)
      throw new Error(
        `${found.length} sessions begin with "${start}": ${found.join(", ")}. Write more of the id.`,
      );
    return id;
  }

  /** Throws an Error with the line where the file is not as it was written. */
  read(id: string): KeptSession {
    return readSession(this.pathOf(id));
  }

  /** Begins a session's file. Only its owner may read it: it holds whatever was read and said. */
  create(header: SessionHeader): void {
    stateFolder(this.#root, FOLDER);
    writeFileSync(this.pathOf(header.id), `${JSON.stringify(header)}\n`, { flag: "wx", mode: 0o600 });
  }

  /** A copy that goes its own way: the same events behind a header of its own. */
  fork(id: string, newId: string): void {
    const { header, bytes } = this.read(id);
    const lines = readWhole(this.pathOf(id)).subarray(0, bytes);
    this.create({ ...header, id: newId, startedAt: new Date().toISOString(), forkedFrom: id });
    appendFileSync(this.pathOf(newId), lines.subarray(lines.indexOf("\n") + 1));
  }

  lockOf(id: string): FileLock {
    return new FileLock(join(this.#root, FOLDER, `${id}.lock`));
  }

  pathOf(id: string): string {
    return join(this.#root, FOLDER, `${id}.jsonl`);
  }

  #ids(): string[] {
    const folder = join(this.#root, FOLDER);
    const entries = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
    const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".jsonl"));
    return files.map(({ name }) => name.slice(0, -".jsonl".length));
  }
}

function firstPrompt(path: string): string | undefined {
  const line = headOf(path)
    .split("\n")
    .find((one) => one.startsWith('{"type":"prompt"'));
  const [, text] = /"text":"((?:[^"\\]|\\u.{4}|\\[^u]){0,1000})/.exec(line ?? "") ?? [];
  try {
    return text === undefined ? undefined : (JSON.parse(`"${text}"`) as string);
  } catch {
    return undefined;
  }
}

/** The beginning of a file; nothing of one that may not be read. */
function headOf(path: string): string {
  try {
    const file = openSync(path, "r");
    const head = Buffer.alloc(HEAD_BYTES);
    const length = readSync(file, head, 0, HEAD_BYTES, 0);
    closeSync(file);
    return head.toString("utf8", 0, length);
  } catch {
    return "";
  }
}
