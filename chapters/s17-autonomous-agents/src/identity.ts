// After a summary has taken the place of what was said, a teammate is told again who it is and what it works on.
import { textOf, type Extension, type Message, type Session } from "@course/runtime";
import type { TaskBoard } from "@course/s12-task-system";
import type { Newcomer } from "@course/s15-agent-teams";
import { isOwn } from "./claims.ts";

export function identity({ name, role }: Newcomer, board: TaskBoard): Extension {
  let wasEdited = false;
  const watched = new WeakSet<Session>();
  return {
    name: "identity",
    async beforeModel(session) {
      if (!watched.has(session)) {
        watched.add(session);
        session.on((event) => (wasEdited ||= event.type === "edited" && isSummary(event.messages)));
      }
      if (!wasEdited || !session.hasNews) return;
      wasEdited = false;
      const own = (await board.list()).find((task) => isOwn(task, name));
      const task = own ? `You work on task ${own.id}: ${own.subject}` : "You have no task.";
      session.inject(`<identity>\nYou are ${name}, a teammate. Your role: ${role}.\n${task}\n</identity>`);
    },
  };
}

/** Other edits, as where a plan was approved (s16), leave what was said. */
function isSummary(messages: readonly Message[]): boolean {
  const [first] = messages;
  return first !== undefined && textOf(first.content).includes("<conversation-summary>");
}
