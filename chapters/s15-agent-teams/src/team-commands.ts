// What the user sees of the team: who does what, one teammate's conversation in full, and mail, which looking at does not read.
import { ToolError, type Command } from "@course/runtime";
import { renderConversation, renderInbox, renderTeam, thoseOf } from "./render-team.ts";
import { LEAD } from "./names.ts";
import type { Team } from "./team.ts";

const USAGE = "Write /team, /team NAME, /team stop NAME, or /team stop all.";

export function teamCommand(team: Team): Command {
  const names = () => team.list().map(({ name }) => name);
  return {
    description: "lists the team; /team NAME shows a conversation, /team stop NAME (or all) ends a teammate",
    complete: () => ["stop", "all", ...names()],
    async run(argument, _session, columns) {
      const [first = "", second = ""] = argument.split(/\s+/);
      if (first === "") return renderTeam(team, columns);
      if (first !== "stop") return renderConversation(first, team);
      if (second === "") throw new ToolError(USAGE);
      const living = team.list().filter(({ state }) => state !== "stopped");
      const isThere = second === "all" || living.some(({ name }) => name === second);
      if (!isThere) throw new ToolError(`There is no teammate ${second} to stop. ${thoseOf(living)}`);
      const ended = second === "all" ? living.map(({ name }) => name) : [second];
      await Promise.all(ended.map((name) => team.stop(name, "the user stopped it")));
      return ended.length > 0 ? `Stopped: ${ended.join(", ")}.` : "Nobody is at work.";
    },
  };
}

export function inboxCommand(team: Team): Command {
  const names = () => [LEAD, ...team.list().map(({ name }) => name)];
  return {
    description: "shows mail, and leaves it unread: yours, or with /inbox NAME theirs",
    complete: names,
    run(argument) {
      const name = argument || LEAD;
      if (!names().includes(name))
        throw new ToolError(`There is no ${name}. There are: ${names().join(", ")}.`);
      return renderInbox(team.inbox(name));
    },
  };
}
