// The lead's mail: what of it is worth a turn. That somebody rests, having sent what they had, is not; and what an
// earlier program left waits for the user's next prompt.
import { isNews, type Mail } from "./mail.ts";
import type { Mailbox } from "./mailbox.ts";

export class LeadMail {
  readonly #box: Mailbox;
  /** How many unread messages an earlier program left. */
  #left = 0;
  /** The last message that the lead was woken for. */
  #announced: string | undefined;

  constructor(box: Mailbox) {
    this.#box = box;
  }

  /** What is there now was left by an earlier program. */
  open(): void {
    this.#left = this.#box.unread().length;
  }

  get hasNews(): boolean {
    return this.#news().length > 0;
  }

  /** Who has written since the last call; undefined if nobody has. */
  announce(): string | undefined {
    const mail = this.#news();
    const unannounced = mail.slice(mail.findLastIndex((one) => markOf(one) === this.#announced) + 1);
    const last = unannounced.at(-1);
    if (last === undefined) return undefined;
    this.#announced = markOf(last);
    return [...new Set(unannounced.map(({ from }) => from))].join(", ");
  }

  async drain(take: (mail: readonly Mail[]) => void): Promise<void> {
    this.#left = 0;
    this.#announced = undefined;
    await this.#box.drain(take);
  }

  /** Leaves to the next program what was news, and nothing else. */
  async close(): Promise<void> {
    if (!this.#box.unread().some(isNews)) await this.#box.skip();
  }

  #news(): Mail[] {
    return this.#box.unread().slice(this.#left).filter(isNews);
  }
}

/** The place alone would not do: a file that was made anew begins at the same one. */
const markOf = ({ id, sentAt }: Mail) => `${id} ${sentAt}`;
