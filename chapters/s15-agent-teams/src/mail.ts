// A message between agents, and how the model reads it. Who reads it knows only what stands here: a message is
// another agent's words, in a tag, and never the user's.
import { schema } from "@course/runtime";

/** What a member of a team may be called. */
export const NAME = /^[a-z][a-z0-9-]{0,31}$/;

const mailSchema = schema((z) =>
  z.object({
    /** A message; or what the team says itself: somebody is idle, has failed, was stopped. */
    kind: z.enum(["message", "idle", "failed", "stopped"]),
    from: z.string().regex(NAME),
    content: z.string(),
    sentAt: z.string(),
  }),
);

export type MailKind = Mail["kind"];

/**
 * A message in a mailbox. Its id is its place in the file, so no two are alike.
 *
 * @record `.team/inbox/<name>.jsonl`, a line each, with `<name>.cursor` beside it; durable
 */
export interface Mail {
  id: string;
  kind: "message" | "idle" | "failed" | "stopped";
  from: string;
  to: string;
  content: string;
  sentAt: string;
}

/** Whether it is worth a turn of its own: that somebody rests, after they have sent what they had, is not. */
export function isNews({ kind, content }: Mail): boolean {
  return kind !== "idle" || content !== "";
}

/** Undefined for a line that is no message: one that a full disk cut short, or somebody else's. */
export function parseMail(line: string, at: number, to: string): Mail | undefined {
  try {
    const mail = mailSchema().safeParse(JSON.parse(line)).data;
    return mail && { id: `m${at}`, to, ...mail };
  } catch {
    return undefined;
  }
}

/** The block in which mail is delivered into a conversation. */
export function renderMail(mail: readonly Mail[]): string {
  return `<mail>\n${mail.map(renderOne).join("\n")}\n</mail>`;
}

function renderOne({ kind, from, content, id }: Mail): string {
  // What a message says must not be able to close the tag that quotes it.
  const quoted = content.trim().replaceAll("</", "<\\/").toWellFormed();
  if (kind === "message") return `<message from="${from}" id="${id}">\n${quoted}\n</message>`;
  return quoted === ""
    ? `<${kind} teammate="${from}" />`
    : `<${kind} teammate="${from}">\n${quoted}\n</${kind}>`;
}
