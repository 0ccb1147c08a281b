// The protocols as an extension of the lead: three tools, /requests, and what they add to each teammate.
import { ToolError, type Extension, type Workspace } from "@course/runtime";
import { teamOf, type Equipment, type Newcomer, type TeamAddOn } from "@course/s15-agent-teams";
import { PlanGate } from "./plan-gate.ts";
import { listRequests, requestShutdown, respondShutdown, reviewPlan, submitPlan } from "./protocol-tools.ts";
import { Protocols } from "./protocols.ts";
import { renderRequests } from "./render-requests.ts";
import { RequestBook } from "./request-book.ts";

const PLAN_FIRST = `You have no tool that writes. Look, then submit a plan with submit_plan and end your turn; when it is approved,
you have the others. If it is rejected, revise it and submit it again.`;

export function teamProtocols(workspace: Workspace): Extension {
  let report = (_problem: string) => {};
  const book = new RequestBook(workspace, (problem) => report(problem));
  let protocols: Protocols | undefined;
  const started = () => {
    if (protocols) return protocols;
    throw new ToolError("The team has not been started.");
  };
  return {
    name: "team-protocols",
    tools: [requestShutdown(started), reviewPlan(started), listRequests(started)],
    commands: {
      requests: { description: "lists what was asked and agreed", run: () => renderRequests(book.list()) },
    },
    async start(session, agent) {
      report = (problem) => session.notice(problem);
      const team = teamOf(agent);
      protocols = new Protocols(team, book);
      team.addOns.push(addOnFor(started, workspace, report));
      if (team.isOurs) await expireLeft(book, report);
    },
    async stop() {
      if (protocols?.team.isOurs) await book.expire("the program ended");
    },
  };
}

/** What an earlier program left without an answer: nobody is there who could give it. */
async function expireLeft(book: RequestBook, report: (notice: string) => void): Promise<void> {
  const expired = await book.expire("its program was killed");
  if (expired.length > 0) report(`Left without an answer by an earlier program:\n${renderRequests(expired)}`);
}

function addOnFor(
  started: () => Protocols,
  workspace: Workspace,
  report: (problem: string) => void,
): TeamAddOn {
  return {
    spawnFields: (z) => ({
      plan_first: z.boolean().optional().describe("It has no tool that writes until you approve its plan"),
    }),
    equip: (equipment, newcomer) => equip(equipment, newcomer, started, workspace),
    opened: () => expireLeft(started().book, report),
    stopped(name) {
      // Whoever is gone answers nothing, and needs no answer.
      started()
        .book.expire(`${name} is stopped`, name)
        .catch((error: Error) => report(error.message));
    },
  };
}

function equip(
  equipment: Equipment,
  { name, options }: Newcomer,
  started: () => Protocols,
  workspace: Workspace,
): Equipment {
  const { instructions, tools, extensions } = equipment;
  const answers: Extension = {
    name: "team-protocols",
    tools: [respondShutdown(started, name), submitPlan(started, name)],
  };
  if (options?.["plan_first"] !== true) return { ...equipment, extensions: [...extensions, answers] };
  const gate = new PlanGate(tools, workspace);
  started().gates.set(name, gate);
  const gated: Extension = {
    name: "plan-gate",
    tools: () => gate.tools,
    beforeModel(session) {
      gate.session = session;
    },
  };
  return {
    ...equipment,
    instructions: `${instructions}\n${PLAN_FIRST}`,
    tools: [],
    extensions: [gated, ...extensions, answers],
  };
}
