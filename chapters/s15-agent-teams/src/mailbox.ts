// A mailbox: a file that only grows, with a line for each message, and a cursor that says how far it was read. Writers
// append under a lock, whatever program they are in. A reader takes what is after the cursor and moves it in the
// same step, so that each message is read once. Not covered: taking a message back, and folders shared by machines.
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { errorMessage, stateFolder, ToolError, writeFileAtomic, type Workspace } from "@course/runtime";
import { FileLock } from "@course/s12-task-system";
import { appendLine, linesFrom, numberIn } from "./mail-file.ts";
import { parseMail, type Mail, type MailKind } from "./mail.ts";

export const TEAM_FOLDER = ".team";
/** What is longer goes into a file, and the message names it. */
const MAXIMUM_CHARACTERS = 20_000;
/** What one drain takes at most; the rest comes with the next model call. */
const AT_ONCE = 50;

export class Mailbox {
  readonly owner: string;
  readonly #root: string;
  readonly #path: string;
  readonly #cursorPath: string;
  readonly #lock: FileLock;
  readonly #onProblem: (problem: string) => void;
  /** How far this program has read, where the cursor could not be written. */
  #read = 0;
  #lastProblem = "";

  /** `onProblem` hears of lines that are no messages, and of a cursor that could not be written. */
  constructor({ root }: Workspace, owner: string, onProblem: (problem: string) => void = () => {}) {
    const folder = join(root, TEAM_FOLDER, "inbox");
    this.owner = owner;
    this.#root = root;
    this.#path = join(folder, `${owner}.jsonl`);
    this.#cursorPath = join(folder, `${owner}.cursor`);
    this.#lock = new FileLock(join(folder, `.${owner}.lock`));
    this.#onProblem = onProblem;
  }

  /** Appends a message. Rejects with ToolError where it is too long, and with the file system's errors: then it was not sent. */
  async put(from: string, content: string, kind: MailKind = "message"): Promise<void> {
    if (content.length > MAXIMUM_CHARACTERS)
      throw new ToolError(
        `The message has ${content.length} characters; at most ${MAXIMUM_CHARACTERS} are sent. Put it into a file, and name the file.`,
      );
    const sentAt = new Date().toISOString();
    stateFolder(this.#root, TEAM_FOLDER, "inbox");
    await this.#lock.hold(() => appendLine(this.#path, JSON.stringify({ kind, from, content, sentAt })));
  }

  /** Hands the unread messages to `take`, oldest first, and counts them as read. Not called where there are none. */
  async drain(take: (mail: readonly Mail[]) => void): Promise<void> {
    if (!this.hasUnread) return;
    await this.#lock.hold(() => {
      // Read again: another program may have taken them meanwhile.
      const lines = [...this.#linesFrom(this.#cursor(), AT_ONCE)];
      const mail = lines.flatMap(({ mail: message }) => message ?? []);
      // Taken first: if the program is killed here, whoever took them is dead, too, and the next reader gets them.
      if (mail.length > 0) take(mail);
      for (const { mail: message, text } of lines)
        if (!message) this.#onProblem(`${this.owner}'s inbox holds what is no message: ${text.slice(0, 60)}`);
      this.#moveTo(lines.at(-1)?.end ?? this.#cursor());
    });
  }

  /** Messages that nobody has read. Looking at them reads nothing. */
  unread(): Mail[] {
    return [...this.#linesFrom(this.#cursor())].flatMap(({ mail }) => mail ?? []);
  }

  /** All messages, oldest first, read or not. */
  all(): Mail[] {
    return [...this.#linesFrom(0)].flatMap(({ mail }) => mail ?? []);
  }

  /** Whether something was sent since the last drain. */
  get hasUnread(): boolean {
    return this.#size > this.#cursor() && !this.#linesFrom(this.#cursor()).next().done;
  }

  /** Counts everything so far as read: a new owner of the name begins with an empty box. */
  async skip(): Promise<void> {
    if (this.#size > 0) await this.#lock.hold(() => this.#moveTo(this.#size));
  }

  *#linesFrom(position: number, atMost?: number) {
    if (!existsSync(this.#path)) return;
    let count = 0;
    try {
      for (const line of linesFrom(this.#path, position)) {
        if (count++ === atMost) return;
        yield { ...line, mail: parseMail(line.text, line.at, this.owner) };
      }
    } catch (error) {
      this.#complain(`${this.owner}'s inbox cannot be read: ${errorMessage(error)}`);
    }
  }

  /** Once: it is looked at again and again. */
  #complain(problem: string): void {
    if (this.#lastProblem !== problem) this.#onProblem(problem);
    this.#lastProblem = problem;
  }

  get #size(): number {
    return statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Where the first unread line begins. A file that is shorter was made anew, and nothing of it was read. */
  #cursor(): number {
    const read = Math.max(this.#read, numberIn(this.#cursorPath));
    return read > this.#size ? 0 : read;
  }

  #moveTo(end: number): void {
    try {
      writeFileAtomic(this.#cursorPath, `${end}\n`);
      this.#read = 0;
    } catch (error) {
      this.#read = end;
      this.#onProblem(`What ${this.owner} has read could not be noted: ${String(error)}`);
    }
  }
}
