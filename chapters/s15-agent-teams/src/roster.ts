// Who is on the team, as a file, so that a program that was killed leaves a trace of who was at work. A folder has one
// team, and a team belongs to one program: teammates live in it, and end with it.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import {
  errorCode,
  readPlainFile,
  schema,
  startMark,
  stateFolder,
  stillRuns,
  ToolError,
  writeFileAtomic,
  type Workspace,
} from "@course/runtime";
import { FileLock, removeLeftovers } from "@course/s12-task-system";
import { TEAM_FOLDER } from "./mailbox.ts";

const configSchema = schema((z) =>
  z.object({
    ownerPid: z.number(),
    ownerMark: z.string().optional(),
    members: z.array(
      z.object({
        name: z.string(),
        role: z.string(),
        state: z.enum(["working", "idle", "stopped"]),
        /** Why it was stopped. */
        reason: z.string().optional(),
        since: z.string(),
      }),
    ),
  }),
);

const LARGEST_BYTES = 1_000_000;

export type TeammateState = TeammateRecord["state"];

/**
 * A member of the team.
 *
 * @record `.team/config.json`, all of them; durable, but a teammate's conversation ends with the program
 */
export interface TeammateRecord {
  name: string;
  role: string;
  state: "working" | "idle" | "stopped";
  reason?: string | undefined;
  /** Since when it is in this state, ISO 8601. */
  since: string;
}

export class Roster {
  readonly #root: string;
  readonly #path: string;
  readonly #lock: FileLock;
  /** Whether the folder's team is this program's. */
  isOurs = false;

  constructor({ root }: Workspace) {
    this.#root = root;
    this.#path = join(root, TEAM_FOLDER, "config.json");
    this.#lock = new FileLock(join(root, TEAM_FOLDER, ".lock"));
  }

  /** Makes the folder's team this program's; returns who was on it. Rejects with ToolError if it belongs to one that runs. */
  async claim(): Promise<TeammateRecord[]> {
    if (this.isOurs) return [];
    stateFolder(this.#root, TEAM_FOLDER, "inbox");
    return this.#lock.hold(() => {
      const { ownerPid, ownerMark, members } = this.read() ?? { ownerPid: 0, members: [] };
      const isOthers = ownerPid !== process.pid && stillRuns(ownerPid, ownerMark);
      if (isOthers)
        throw new ToolError(
          `The team in ${TEAM_FOLDER} belongs to another program (process ${ownerPid}). End that, or work in another folder with --dir.`,
        );
      this.#removeLeftovers();
      this.isOurs = true;
      this.save([]);
      return members;
    });
  }

  /** Undefined if there is no team. Throws an Error that names the file, if it cannot be read as one. */
  read(): { ownerPid: number; ownerMark?: string | undefined; members: TeammateRecord[] } | undefined {
    try {
      const config: unknown = JSON.parse(readPlainFile(this.#path, LARGEST_BYTES).toString("utf8"));
      return configSchema().parse(config);
    } catch (error) {
      if (errorCode(error) === "ENOENT") return undefined;
      throw new ToolError(`${this.#path} is not the list of a team. Move it away, and try again.`, {
        cause: error,
      });
    }
  }

  /** Only by the program whose team it is. Throws the file system's errors. */
  save(members: readonly TeammateRecord[]): void {
    stateFolder(this.#root, TEAM_FOLDER);
    const config = { ownerPid: process.pid, ownerMark: startMark(process.pid), members };
    writeFileAtomic(this.#path, `${JSON.stringify(config, null, 2)}\n`);
  }

  #removeLeftovers(): void {
    for (const below of ["", "inbox"]) {
      const folder = join(this.#root, TEAM_FOLDER, below);
      removeLeftovers(folder, readdirSync(folder));
    }
  }
}
