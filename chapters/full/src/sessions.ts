// Sessions as an extension: it keeps the conversation as it happens, and takes one up again where a flag asks for it. It
// starts before all others, so that they begin with what was said. /sessions lists what there is.
import {
  makePrefix,
  type Agent,
  type Command,
  type Extension,
  type FlagValues,
  type Session,
  type Workspace,
} from "@course/runtime";
import { chooseSession } from "./choose-session.ts";
import { SessionLog } from "./session-log.ts";
import { SessionStore } from "./session-store.ts";
import { renderSessions } from "./render-sessions.ts";
import { renderTakenUp, takeUp, wasCutShort, type PrefixEvent } from "./take-up.ts";

/** Further out than every place of ORDER. */
const FIRST = 0;

export const sessionFlags = {
  continue: { short: "c", description: "Take up the last session of this folder" },
  resume: { short: "r", value: "[ID]", description: "Take up a session; without ID, lists them" },
  "fork-session": { description: "With one of these: go on with a copy, under an id of its own" },
} as const;

export function sessions(workspace: Workspace, values: FlagValues = {}): Extension {
  const store = new SessionStore(workspace);
  let log: SessionLog | undefined;
  /** What the model has still to be told about a session that was taken up. */
  let untold: { before: PrefixEvent | undefined; isCutShort: boolean } | undefined;
  let agent: Agent | undefined;
  const tell = async (session: Session) => {
    if (!untold || !agent) return;
    const { before, isCutShort } = untold;
    untold = undefined;
    session.inject(renderTakenUp(before, await makePrefix(agent, session), isCutShort));
  };
  return {
    name: "sessions",
    order: FIRST,
    commands: { sessions: sessionsCommand(store) },
    async start(session, own) {
      agent = own;
      log = new SessionLog(store, session);
      const id = await chooseSession(store, workspace, values, session);
      const kept = id === undefined ? undefined : log.open(id);
      log.start();
      session.on((event) => event.type === "cleared" && (untold = undefined));
      if (id === undefined || !kept) return;
      takeUp(session, id, kept.events);
      const before = kept.events.findLast((event) => event.type === "prefix");
      untold = { before, isCutShort: wasCutShort(kept.events) };
      const count = session.messages.length;
      session.notice(`Taken up: ${id}, ${count} ${count === 1 ? "message" : "messages"}.`);
    },
    beforePrompt: (_, session) => tell(session),
    async beforeModel(session) {
      if (session.hasNews) await tell(session);
    },
    stop: () => log?.close(),
  };
}

function sessionsCommand(store: SessionStore): Command {
  return {
    description: "lists the sessions of this folder, which --resume ID takes up",
    isAlone: true,
    run: (_, session, columns) => renderSessions(store.list(), session.id, columns),
  };
}
