// Where schedules are kept: those of this program in memory, durable ones as files, which all programs in the
// folder share. Both are changed under `hold`, which for files is the lock from s12.
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  errorCode,
  errorMessage,
  readPlainFile,
  stateFolder,
  watchFolder,
  writeFileAtomic,
  type Workspace,
} from "@course/runtime";
import { FileLock, nextNumber, removeLeftovers } from "@course/s12-task-system";
import { parseSchedule, type Schedule } from "./schedule.ts";

export interface ScheduleStore {
  /** Whether what is kept outlives the program. */
  readonly isDurable: boolean;
  /** Nobody else changes what is kept while `work` runs. */
  hold<T>(work: () => T): Promise<T>;
  list(): Schedule[];
  get(id: string): Schedule | undefined;
  save(schedule: Schedule): void;
  remove(id: string): void;
  /** An id that no schedule here has had since the program began. */
  newId(): string;
  /** Calls back when another program may have changed what is here. Returns the function that ends it. */
  watch(onChange: () => void): () => void;
}

export class MemoryStore implements ScheduleStore {
  readonly isDurable = false;
  readonly #schedules = new Map<string, Schedule>();
  readonly #prefix: string;
  #last = 0;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  async hold<T>(work: () => T): Promise<T> {
    return work();
  }
  list(): Schedule[] {
    return [...this.#schedules.values()];
  }
  get(id: string): Schedule | undefined {
    return this.#schedules.get(id);
  }
  save(schedule: Schedule): void {
    this.#schedules.set(schedule.id, schedule);
  }
  remove(id: string): void {
    this.#schedules.delete(id);
  }
  newId(): string {
    return `${this.#prefix}${++this.#last}`;
  }
  watch(): () => void {
    return () => {};
  }
}

const FOLDER = ".schedules";
const FILE = /^(sch_d(\d{1,9}))\.json$/;
const LARGEST_NUMBER = 999_999_999;
const LARGEST_BYTES = 100_000;

export class FolderStore implements ScheduleStore {
  readonly isDurable = true;
  readonly #root: string;
  readonly #folder: string;
  readonly #lock: FileLock;
  readonly #onProblem: (problem: string) => void;
  readonly #reported = new Set<string>();
  readonly #given = new Set<number>();

  /** `onProblem` hears once of each file that is no schedule. */
  constructor({ root }: Workspace, onProblem: (problem: string) => void) {
    this.#root = root;
    this.#folder = join(root, FOLDER);
    this.#lock = new FileLock(join(this.#folder, ".lock"));
    this.#onProblem = onProblem;
  }

  async hold<T>(work: () => T): Promise<T> {
    stateFolder(this.#root, FOLDER);
    return this.#lock.hold(() => {
      // A program that is killed while it writes leaves half a file beside the whole one.
      removeLeftovers(this.#folder, readdirSync(this.#folder));
      return work();
    });
  }

  list(): Schedule[] {
    if (!existsSync(this.#folder)) return [];
    const ids = readdirSync(this.#folder).flatMap((name) => FILE.exec(name)?.[1] ?? []);
    return ids.flatMap((id) => this.get(id) ?? []);
  }

  get(id: string): Schedule | undefined {
    const name = `${id}.json`;
    if (!FILE.test(name)) return undefined;
    try {
      const text = readPlainFile(join(this.#folder, name), LARGEST_BYTES).toString("utf8");
      const schedule = parseSchedule(JSON.parse(text));
      if (schedule.id !== id) throw new Error(`its id is ${schedule.id}`);
      return { ...schedule, durable: true };
    } catch (error) {
      if (errorCode(error) !== "ENOENT") this.#report(name, errorMessage(error));
      return undefined;
    }
  }

  save(schedule: Schedule): void {
    writeFileAtomic(join(this.#folder, `${schedule.id}.json`), `${JSON.stringify(schedule, null, 2)}\n`);
  }

  remove(id: string): void {
    rmSync(join(this.#folder, `${id}.json`), { force: true });
  }

  newId(): string {
    const inFiles = readdirSync(this.#folder).map((name) => Number(FILE.exec(name)?.[2] ?? 0));
    const number = nextNumber(new Set([...inFiles, ...this.#given]), LARGEST_NUMBER);
    this.#given.add(number);
    return `sch_d${number}`;
  }

  watch(onChange: () => void): () => void {
    // A change that we miss loses nothing: the files are read again before anything fires.
    return watchFolder(() => stateFolder(this.#root, FOLDER), {
      isOurs: (name) => FILE.test(name),
      onChange,
    });
  }

  #report(name: string, reason: string): void {
    if (this.#reported.has(name)) return;
    this.#reported.add(name);
    this.#onProblem(`${FOLDER}/${name} is not a schedule, and does not fire: ${reason.slice(0, 300)}`);
  }
}
