// One teammate on a scripted model, without a team around it, and what was heard of it in the order in which it came.
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { script, type Turn } from "@course/offline-model/test";
import { baseTools, defineAgent, type Extension, type Session, type Workspace } from "@course/runtime";
import { openSession } from "@course/runtime/testing";
import { Mailbox } from "@course/s15-agent-teams";
import { expect, onTestFinished } from "vitest";
import { renderMail } from "../src/mail.ts";
import type { TeammateRecord } from "../src/roster.ts";
import { Teammate, type TeammateParts } from "../src/teammate.ts";

export interface TeammateOptions {
  own?: readonly Extension[];
  maxTurns?: number;
  findWork?: TeammateParts["findWork"];
  idleMs?: number;
}

export async function openTeammate(
  turns: Turn[],
  { own = [], maxTurns = 100, ...parts }: TeammateOptions = {},
) {
  const model = script(...turns);
  let extensions: readonly Extension[] = [];
  const agent = (workspace: Workspace) =>
    defineAgent({
      name: "ada",
      instructions: "Be brief.",
      tools: baseTools(workspace),
      extensions,
      maxTurns,
    });
  const opened = await openSession(agent, model);
  onTestFinished(() => opened.close());
  const mailbox = new Mailbox(opened.workspace, "ada");
  extensions = [mailOf(mailbox), ...own];
  const session = opened.session.beside("ada");
  const record: TeammateRecord = { name: "ada", role: "helper", state: "working", since: "" };
  const log: string[] = [];
  const teammate = new Teammate({
    record,
    agent: agent(opened.workspace),
    own: extensions,
    session,
    mailbox,
    onState: (state) =>
      void log.push(`is ${state}${record.reason === undefined ? "" : `: ${record.reason}`}`),
    report: async (kind, content) => {
      // It takes a moment, as a write does; a last word takes less, to come too early where nobody waits.
      await delay(kind === "stopped" ? 1 : 20);
      log.push(`told ${kind}: ${content}`);
    },
    ...parts,
  });
  onTestFinished(() => teammate.stop("the test ended", false));
  const inbox = join(opened.workspace.root, ".team/inbox/ada.jsonl");
  return { teammate, session, record, mailbox, inbox, log, model, wakes: wakesOf(session) };
}

/** Waits as long as a busy machine may need. */
export const soon = <T>(read: () => T) => expect.poll(read, { timeout: 20_000, interval: 20 });

function mailOf(mailbox: Mailbox): Extension {
  return {
    name: "mailbox",
    beforeModel: (session) => mailbox.drain((mail) => session.inject(renderMail(mail))),
  };
}

function wakesOf(session: Session): string[] {
  const wakes: string[] = [];
  session.on((event) => event.type === "wake" && wakes.push(event.reason));
  return wakes;
}
