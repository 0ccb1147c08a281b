// Worktrees for a team: each teammate has one of its own, by its name, or, where teammates take tasks from the board (s17),
// one for each task. Not covered: what a teammate that leads nobody does outside it by bash.
import { errorMessage, type Agent, type Extension } from "@course/runtime";
import { teamOf, type Equipment, type Newcomer, type TeamAddOn } from "@course/s15-agent-teams";
import { describePlace, TeammatePlace } from "./teammate-place.ts";
import type { Worktrees } from "./worktrees.ts";

/** Gives the team that this agent leads its worktrees; undefined if it leads none. */
export function openTeamPlaces(agent: Agent, worktrees: Worktrees, report: (note: string) => void): boolean {
  if (!agent.extensions.some(({ name }) => name === "agent-teams")) return false;
  const team = teamOf(agent);
  const takesTasks = agent.extensions.some(({ name }) => name === "autonomous-agents");
  team.addOns.push(takesTasks ? perTask(worktrees, report) : perTeammate(worktrees, report));
  return true;
}

function perTeammate(worktrees: Worktrees, report: (note: string) => void): TeamAddOn {
  return {
    equip(equipment, newcomer) {
      const { name } = newcomer;
      const place = new TeammatePlace(worktrees, equipment.workplace, name);
      const extension: Extension = {
        ...isolation(place),
        start: async (session) => {
          session.on(({ type }) => type === "run_ended" && place.rest());
          await place.enter(name);
        },
        async stop() {
          const left = await place.left();
          if (left !== undefined) report(`Worktree ${left} of ${name} is kept, with all that is in it.`);
        },
      };
      return equipped(equipment, extension, describePlace(name, false));
    },
  };
}

function perTask(worktrees: Worktrees, report: (note: string) => void): TeamAddOn {
  const places = new Map<string, TeammatePlace>();
  return {
    equip(equipment: Equipment, { name }: Newcomer) {
      const place = new TeammatePlace(worktrees, equipment.workplace, name);
      places.set(name, place);
      const extension: Extension = {
        ...isolation(place),
        wrapToolCall: (call, next) => place.wrapTaskUpdate(call, next),
        start: (session) => void session.on(({ type }) => type === "run_ended" && place.rest()),
        stop: () => place.goHome(),
      };
      return equipped(equipment, extension, PER_TASK);
    },
    async taskBegun(name, { id }) {
      const place = places.get(name);
      try {
        const entered = await place?.enter(`task-${id}`, id);
        return entered === undefined ? undefined : describePlace(entered, true);
      } catch (error) {
        report(`Task ${id} gets no worktree, and is done in the main checkout: ${errorMessage(error)}`);
        return undefined;
      }
    },
    taskLeft: async (name) => places.get(name)?.goHome(),
  };
}

const PER_TASK =
  "For each task that you are given you work in a worktree of your own; the block that gives it to you says which.";

function isolation(place: TeammatePlace): Extension {
  return { name: "worktree-place", beforeModel: (session) => place.work(session) };
}

function equipped(equipment: Equipment, extension: Extension, rule: string): Equipment {
  return {
    ...equipment,
    instructions: `${equipment.instructions}\n${rule}`,
    extensions: [extension, ...equipment.extensions],
  };
}
