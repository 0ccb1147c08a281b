// Requests on disk, one file each. A request is written before anybody hears of it, and its answer before anybody acts on
// it, so that after a crash the files say what was asked and what was agreed.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import {
  errorCode,
  errorMessage,
  readPlainFile,
  schema,
  stateFolder,
  ToolError,
  writeFileAtomic,
  type Workspace,
} from "@course/runtime";
import { FileLock, nextNumber, removeLeftovers } from "@course/s12-task-system";
import { TEAM_FOLDER } from "@course/s15-agent-teams";
import { next, type Actor, type RequestAction } from "./transitions.ts";

const recordSchema = schema((z) =>
  z.object({
    id: z.string(),
    kind: z.enum(["shutdown", "plan"]),
    from: z.string(),
    to: z.string(),
    status: z.enum(["pending", "approved", "rejected", "expired"]),
    /** What is asked: the plan, or why to stop. */
    payload: z.string(),
    /** What was answered, or why it expired. */
    reason: z.string(),
    createdAt: z.string(),
    /** When it was answered or expired; null while it is pending. */
    settledAt: z.string().nullable(),
  }),
);

/**
 * A request between two members of a team, and what came of it.
 *
 * @record `.team/requests/<id>.json`, durable; a pending one expires with its program
 */
export interface RequestRecord {
  id: string;
  kind: "shutdown" | "plan";
  from: string;
  to: string;
  status: "pending" | "approved" | "rejected" | "expired";
  payload: string;
  reason: string;
  createdAt: string;
  settledAt: string | null;
}

const FILE = /^req_(\d{1,9})\.json$/;
const LARGEST_NUMBER = 999_999_999;
const LARGEST_BYTES = 1_000_000;

export class RequestBook {
  readonly #root: string;
  readonly #folder: string;
  readonly #lock: FileLock;
  readonly #onProblem: (problem: string) => void;

  /** `onProblem` hears of files that are no requests. */
  constructor({ root }: Workspace, onProblem: (problem: string) => void = () => {}) {
    this.#root = root;
    this.#folder = join(root, TEAM_FOLDER, "requests");
    this.#lock = new FileLock(join(this.#folder, ".lock"));
    this.#onProblem = onProblem;
  }

  /** Writes down a new request. Rejects with ToolError where the same is being asked already. */
  create(wish: Pick<RequestRecord, "kind" | "from" | "to" | "payload">): Promise<RequestRecord> {
    return this.#change(() => {
      const records = this.list();
      const open = records.find(
        ({ status, kind, from, to }) =>
          status === "pending" && kind === wish.kind && from === wish.from && to === wish.to,
      );
      if (open) throw new ToolError(`${open.id} asks for that already, and has no answer yet.`);
      // By the names: a file that cannot be read keeps its number.
      const taken = this.#names().map((name) => Number(FILE.exec(name)?.[1] ?? 0));
      const id = `req_${nextNumber(new Set(taken), LARGEST_NUMBER)}`;
      const createdAt = new Date().toISOString();
      return { ...wish, id, status: "pending", reason: "", createdAt, settledAt: null };
    });
  }

  /** Answers a request. Rejects with ToolError, and changes nothing, where the table of transitions has no such step. */
  settle(id: string, action: RequestAction, actor: Actor, reason = ""): Promise<RequestRecord> {
    return this.#change(() => {
      const record = this.get(id);
      const status = next(record, action, actor);
      return { ...record, status, reason, settledAt: new Date().toISOString() };
    });
  }

  /** Ends what can get no answer any more: pending requests from or to this member, or all of them. Returns them. */
  async expire(why: string, member?: string): Promise<RequestRecord[]> {
    const open = this.pending().filter(({ from, to }) => member === undefined || [from, to].includes(member));
    const expired: RequestRecord[] = [];
    for (const { id } of open) {
      try {
        expired.push(await this.settle(id, "expire", "harness", why));
      } catch (error) {
        // Somebody has answered it, or let it expire, in this moment.
        if (!(error instanceof ToolError)) throw error;
      }
    }
    return expired;
  }

  /** Throws ToolError if there is no such request. */
  get(id: string): RequestRecord {
    const record = FILE.test(`${id}.json`) ? this.#read(`${id}.json`) : undefined;
    if (record) return record;
    const ids = this.pending().map((one) => one.id);
    throw new ToolError(`There is no request ${id}. Pending are: ${ids.join(", ") || "none"}.`);
  }

  /** All requests, oldest first. */
  list(): RequestRecord[] {
    const records = this.#names().flatMap((name) => (FILE.test(name) ? (this.#read(name) ?? []) : []));
    return records.sort((a, b) => numberOf(a) - numberOf(b));
  }

  pending(): RequestRecord[] {
    return this.list().filter(({ status }) => status === "pending");
  }

  /** Under the lock: makes a record, and writes it. If `make` throws, nothing was written. */
  async #change(make: () => RequestRecord): Promise<RequestRecord> {
    stateFolder(this.#root, TEAM_FOLDER, "requests");
    return this.#lock.hold(() => {
      removeLeftovers(this.#folder, this.#names());
      const record = make();
      writeFileAtomic(join(this.#folder, `${record.id}.json`), `${JSON.stringify(record, null, 2)}\n`);
      return record;
    });
  }

  #names(): string[] {
    try {
      return readdirSync(this.#folder);
    } catch {
      return [];
    }
  }

  #read(name: string): RequestRecord | undefined {
    try {
      const record = recordSchema().parse(
        JSON.parse(readPlainFile(join(this.#folder, name), LARGEST_BYTES).toString("utf8")),
      );
      if (`${record.id}.json` === name) return record;
      throw new Error(`its id is ${record.id}`);
    } catch (error) {
      // Nobody has asked that yet: the caller says so.
      if (errorCode(error) === "ENOENT") return undefined;
      this.#onProblem(`${TEAM_FOLDER}/requests/${name} is no request: ${errorMessage(error).slice(0, 200)}`);
      return undefined;
    }
  }
}

function numberOf({ id }: RequestRecord): number {
  return Number(id.slice("req_".length));
}
