// Teammates that look for work, without a model: a board, a desk, and a team of which the test says who rests.
import { createModelClient, Session, Workspace } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { TaskBoard } from "@course/s12-task-system";
import { Team, type Teammate } from "@course/s15-agent-teams";
import { ClaimDesk, keepClaim } from "@course/s17-autonomous-agents";
import { Autonomy } from "../src/autonomy.ts";

export type Member = Teammate & { told: string[]; wakes: string[] };

export async function openAutonomy(subjects: readonly string[] = []) {
  const workspace = new Workspace(temporaryFolder());
  const board = new TaskBoard(workspace, { beforeUpdate: keepClaim });
  for (const subject of subjects) await board.create(subject);
  const desk = new ClaimDesk(board);
  const team = new Team(workspace, () => ({ name: "mailbox" }));
  const resting: Member[] = [];
  const heard: string[] = [];
  Object.assign(team, {
    resting: () => resting,
    notice: (message: string) => void heard.push(message),
    send: async (from: string, to: string, text: string) => {
      await Promise.resolve();
      heard.push(`${from} to ${to}: ${text}`);
    },
  });
  const states = async () =>
    (await board.list()).map(({ status, owner }) => (owner === "" ? status : `${status} ${owner}`));
  return { board, desk, team, resting, heard, autonomy: new Autonomy(team, desk), states };
}

/** One that rests; what is put into its conversation, and what it is woken for. */
export function member(name: string, more: { takesWork?: boolean; mayWait?: boolean } = {}): Member {
  const session = new Session(createModelClient({ env: { ANTHROPIC_API_KEY: "test" } }));
  const told: string[] = [];
  const wakes: string[] = [];
  session.on((event) => event.type === "injected" && told.push(event.text));
  session.wake = (reason) => void wakes.push(reason);
  const parts = { record: { name }, session, told, wakes, takesWork: true, mayWait: false, ...more };
  return parts as unknown as Member;
}
