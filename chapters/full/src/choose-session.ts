// Which session is taken up, by the flags. Files that came with a repository are not: whoever can push to it could
// otherwise write what the model was told, down to its system prompt.
import { basename } from "node:path";
import type { FlagValues, Session, Workspace } from "@course/runtime";
import { trackedFiles } from "@course/s09-memory";
import { renderSession, renderSessions } from "./render-sessions.ts";
import { FOLDER, type SessionStore } from "./session-store.ts";

const SHOWN = 9;
const NONE = "None of these: begin anew";

/** The id of the session to take up; undefined for a new one. Throws an Error that says what to write instead. */
export async function chooseSession(
  store: SessionStore,
  workspace: Workspace,
  values: FlagValues,
  session: Session,
): Promise<string | undefined> {
  const { continue: takesLast, resume, "fork-session": forks } = values;
  if (takesLast && resume !== undefined) throw new Error("--continue and --resume do not go together.");
  if (!takesLast && resume === undefined) {
    if (forks) throw new Error("--fork-session goes with --continue or --resume ID.");
    return undefined;
  }
  const id =
    typeof resume === "string"
      ? store.find(resume)
      : takesLast
        ? last(store, workspace)
        : await ask(store, workspace, session);
  if (id === undefined) return undefined;
  const tracked = await trackedFiles(workspace.root, FOLDER);
  if (tracked === "all" || tracked.has(basename(store.pathOf(id))))
    throw new Error(
      `The session ${id} came with the repository (git tracks ${FOLDER}), so it is not taken up. "git rm --cached" it if it is yours.`,
    );
  if (!forks) return id;
  store.fork(id, session.id);
  return session.id;
}

function last(store: SessionStore, { root }: Workspace): string {
  const [first] = store.list();
  if (first) return first.id;
  throw new Error(`There is no session in ${root} to continue. Start without --continue.`);
}

/** A person chooses from a list; anybody else is given it. */
async function ask(store: SessionStore, { root }: Workspace, session: Session): Promise<string | undefined> {
  const all = store.list();
  if (all.length === 0) throw new Error(`There is no session in ${root} to resume. Start without --resume.`);
  const shown = all.slice(0, SHOWN);
  const list = renderSessions(all, undefined);
  const answer = await session.ask({
    text: "Which session?",
    choices: [...shown.map((one) => renderSession(one)), NONE],
    withoutHuman: `Write --resume ID, with one of these:\n${list}`,
  });
  if ("refused" in answer) throw new Error(answer.refused);
  return shown.find((one) => renderSession(one) === answer.choice)?.id;
}
