// Trust: what a folder's own files would let the agent do counts only when the user has seen exactly that and said
// yes. The answer is kept in the user's home, where no clone can write it, by the folder's real path and a hash
// of what was shown; whatever changes is asked again.
// Not covered: what may be trusted. Each mechanism (settings, hooks, servers) says what it shows. Nor two programs that
// keep an answer in the same moment: one of the two is asked again.
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { errorCode, errorMessage, schema, writeFileAtomic, type Session } from "@course/runtime";

export const trustFlag = {
  trust: { description: "Use what the project's own settings allow, without asking, in this run" },
} as const;

export interface TrustRequest {
  /** The folder whose file it is. */
  folder: string;
  /** What asks, as in "the rules of .claude/settings.json"; each kind is trusted for itself. */
  kind: string;
  /** All that is to be trusted, word by word, as it is shown. */
  content: string;
  /** What it means to trust it, as a sentence about "they". */
  effect?: string;
}

const TRUSTED = "Yes, I trust exactly this";
const UNTRUSTED = "No, go on without it";

type Store = Record<string, Record<string, string>>;

const storeSchema = schema((z) => z.record(z.string(), z.record(z.string(), z.string())));

/**
 * What the user has trusted.
 *
 * @record `~/.claude/course-trust.json`, durable, by folder and kind: a SHA-256 of what was shown
 */
export class Trust {
  readonly #file: string;
  readonly #trustsAll: boolean;

  /** `trustsAll` is the flag --trust: everything, for this run. */
  constructor({ trustsAll }: { trustsAll: boolean }) {
    this.#file = join(homedir(), ".claude/course-trust.json");
    this.#trustsAll = trustsAll;
  }

  isTrusted({ folder, kind, content }: TrustRequest): boolean {
    return this.#trustsAll || this.#read()[realpathSync(folder)]?.[kind] === hash(content);
  }

  /** Asks unless it is trusted already. Without a human it is not, and a notice says what would change that. */
  async ask(session: Session, request: TrustRequest): Promise<boolean> {
    if (this.isTrusted(request)) return true;
    const { folder, kind, content, effect = "They let the agent act without asking you" } = request;
    const withoutHuman = `Nobody here has trusted ${kind}, so this is not used:\n${content}\nTo use it: --trust`;
    const answer = await session.ask({
      text: `${folder} brings ${kind}. ${effect}:\n${content}\nDo you trust this?`,
      choices: [TRUSTED, UNTRUSTED],
      withoutHuman,
    });
    const isUnanswered = "refused" in answer && answer.refused !== withoutHuman;
    if (isUnanswered)
      session.notice(`Without an answer, this is not used: ${kind}. You are asked at the next start.`);
    else if ("refused" in answer) session.notice(answer.refused);
    else if (answer.choice === TRUSTED) return this.keep(session, request);
    return false;
  }

  /** What the user has just written or allowed needs no question later. True, also where it cannot be kept. */
  keep(session: Session, { folder, kind, content }: TrustRequest): boolean {
    const place = realpathSync(folder);
    try {
      mkdirSync(dirname(this.#file), { recursive: true });
      // Read just before, so that what another program has kept meanwhile stays.
      const known = this.#load();
      const all = { ...known, [place]: { ...known[place], [kind]: hash(content) } };
      writeFileAtomic(this.#file, `${JSON.stringify(all, null, 2)}\n`);
      chmodSync(this.#file, 0o600);
    } catch (error) {
      session.notice(`Trusted for this session only: ${errorMessage(error)}`);
    }
    return true;
  }

  /** What cannot be read is not trusted. */
  #read(): Store {
    try {
      return this.#load();
    } catch {
      return {};
    }
  }

  /** Throws if the file is there and cannot be read: whoever took it for empty and wrote it would lose what it holds. */
  #load(): Store {
    try {
      return storeSchema().parse(JSON.parse(readFileSync(this.#file, "utf8")));
    } catch (error) {
      if (errorCode(error) === "ENOENT") return {};
      const why = errorMessage(error).replace(/\s+/g, " ");
      throw new Error(`${this.#file} cannot be read, and stays as it is (${why})`, { cause: error });
    }
  }
}

function hash(content: string): string {
  return createHash("sha256").update(content).digest("hex");
}
