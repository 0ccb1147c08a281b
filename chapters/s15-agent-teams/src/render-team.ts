// The team as text, for the lead's model and for the user.
import { blocksOf, promptTokens, shortened, ToolError } from "@course/runtime";
import type { Mailbox } from "./mailbox.ts";
import type { TeammateRecord } from "./roster.ts";
import type { Team } from "./team.ts";

const SHOWN_MAIL = 20;
const SHOWN_CHARACTERS = 400;

export function renderRoster(members: readonly TeammateRecord[]): string {
  if (members.length === 0) return "There are no teammates.";
  return members
    .map(({ name, role, state, reason }) => `${name} (${role}): ${state}${reason ? `, ${reason}` : ""}`)
    .join("\n");
}

/** The roster with what each has used. */
export function renderTeam(team: Team, columns = 80): string {
  const members = team.list();
  const width = Math.min(26, Math.max(8, columns - 41));
  if (members.length === 0) return "There are no teammates.";
  const rows = members.map(({ name, role, state, reason }) => {
    const { turns = 0, total } = team.conversationOf(name)?.usage ?? {};
    const tokens = total ? promptTokens(total) + total.output : 0;
    const doing = `${state}${reason ? `: ${reason}` : ""}`;
    return `  ${name.padEnd(12)}${shortened(role, width - 2).padEnd(width)}${String(turns).padStart(5)}${tokens.toLocaleString("en").padStart(10)}  ${doing}`;
  });
  return [`  ${"name".padEnd(12)}${"role".padEnd(width)}calls${"tokens".padStart(10)}  state`, ...rows].join(
    "\n",
  );
}

/** One teammate's conversation, its words in full and its results shortened. Throws ToolError if there is none. */
export function renderConversation(name: string, team: Team): string {
  const session = team.conversationOf(name);
  if (!session) throw new ToolError(`There is no conversation of ${name}. ${thoseOf(team.list())}`);
  const lines = session.messages.flatMap((message) =>
    blocksOf(message).flatMap((block) => {
      switch (block.type) {
        case "text":
          return [`${message.role === "assistant" ? name : "to it"}: ${block.text}`];
        case "thinking":
          return block.thinking === "" ? [] : [`✻ ${block.thinking}`];
        case "tool_use":
          return [`● ${block.name} ${JSON.stringify(block.input)}`];
        case "tool_result":
          return [below("  ", `  ${shortened(textOfResult(block.content), SHOWN_CHARACTERS)}`)];
        default:
          return [];
      }
    }),
  );
  return lines.join("\n") || `${name} has said nothing yet.`;
}

/** Who could have been meant. */
export function thoseOf(members: readonly TeammateRecord[]): string {
  if (members.length === 0) return "There are no teammates.";
  return `The teammates are: ${members.map(({ name }) => name).join(", ")}.`;
}

/** Lines after the first, behind a margin: they must not look like entries of their own. */
const below = (margin: string, text: string) => text.replaceAll("\n", `\n${margin}`);

function textOfResult(content: unknown): string {
  return typeof content === "string" ? content.trimEnd() : JSON.stringify(content);
}

/** The last messages in a mailbox, the unread ones marked. */
export function renderInbox(mailbox: Mailbox): string {
  const unread = new Set(mailbox.unread().map(({ id }) => id));
  const mail = mailbox.all();
  if (mail.length === 0) return `No mail for ${mailbox.owner}.`;
  const rows = mail.slice(-SHOWN_MAIL).map(({ id, kind, from, content, sentAt }) => {
    const what = kind === "message" ? content : `${kind}${content === "" ? "" : `: ${content}`}`;
    const text = `${unread.has(id) ? "●" : " "} ${sentAt.slice(11, 19)} ${from}: ${shortened(what, SHOWN_CHARACTERS)}`;
    return below(" ".repeat(11), text);
  });
  const more = mail.length - rows.length;
  return [
    ...(more > 0 ? [`${more} earlier ones`] : []),
    ...rows,
    unread.size === 0 ? "Nothing is unread." : `${unread.size} unread (●)`,
  ].join("\n");
}

/** What a program that was killed left, for the user; empty if nothing. */
export function describeLeft(members: readonly TeammateRecord[], unread: number): string {
  const lines = [
    ...members.map(
      ({ name, role }) =>
        `${name} (${role}) was interrupted: its program was killed, and its conversation is gone.`,
    ),
    ...(unread > 0
      ? [`${unread} unread message${unread === 1 ? "" : "s"} for the lead; they come with your next prompt.`]
      : []),
  ];
  return lines.join("\n");
}
