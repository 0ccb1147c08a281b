// The two agreements of a team. Stopping: the lead asks, the teammate finishes what it has in hand, and agrees or not.
// Planning: a teammate that must plan first has no tool that writes until the lead has approved what it submitted.
// Not covered: agreements between teammates, and more than one reviewer.
import { ToolError } from "@course/runtime";
import { LEAD, type Team } from "@course/s15-agent-teams";
import type { PlanGate } from "./plan-gate.ts";
import type { RequestBook, RequestRecord } from "./request-book.ts";

export class Protocols {
  readonly team: Team;
  readonly book: RequestBook;
  /** The gates of those who must plan first, by name. */
  readonly gates = new Map<string, PlanGate>();

  constructor(team: Team, book: RequestBook) {
    this.team = team;
    this.book = book;
  }

  /** Asks a teammate to stop. Rejects with ToolError where it is gone, or was asked already. */
  async requestShutdown(to: string): Promise<RequestRecord> {
    this.team.teammate(to);
    const payload = "Finish what you have in hand, then answer with respond_shutdown.";
    return this.#ask({ kind: "shutdown", from: LEAD, to, payload });
  }

  /** The teammate's answer; a yes ends it when its run has ended. Rejects with ToolError for a request that is not its own. */
  respondShutdown(from: string, id: string, approve: boolean, reason?: string): Promise<RequestRecord> {
    return this.#answer(from, id, approve, reason);
  }

  /** Puts a plan before the lead. Rejects with ToolError while an earlier one waits. */
  submitPlan(from: string, plan: string): Promise<RequestRecord> {
    return this.#ask({ kind: "plan", from, to: LEAD, payload: plan });
  }

  /** The lead's answer; a yes gives the teammate its tools. Rejects with ToolError for anything but a pending plan. */
  reviewPlan(id: string, approve: boolean, feedback?: string): Promise<RequestRecord> {
    return this.#answer(LEAD, id, approve, feedback);
  }

  async #ask(wish: Pick<RequestRecord, "kind" | "from" | "to" | "payload">): Promise<RequestRecord> {
    const record = await this.book.create(wish);
    try {
      // It may have been stopped while this was written.
      if (wish.from !== LEAD) this.team.teammate(wish.from);
      await this.team.send(
        record.from,
        record.to,
        `Request ${record.id} (${record.kind}): ${record.payload}`,
      );
    } catch (error) {
      await this.book.settle(record.id, "expire", "harness", "it could not be delivered");
      throw error;
    }
    return record;
  }

  async #answer(by: string, id: string, approve: boolean, reason?: string): Promise<RequestRecord> {
    // The requests of another program's team are none of ours.
    if (!this.team.isOurs) throw new ToolError("There is no team here yet, or it is another program's.");
    const record = await this.book.settle(id, approve ? "approve" : "reject", { member: by }, reason);
    // Acted on before it is told: whoever reads the answer can rely on it.
    if (approve) this.#act(record);
    await this.team.send(by, record.from, answerText(record));
    return record;
  }

  #act({ id, kind, from, to }: RequestRecord): void {
    if (kind === "plan") this.gates.get(from)?.open();
    else this.team.retire(to, `it agreed to ${id}`);
  }
}

function answerText({ id, kind, status, reason }: RequestRecord): string {
  const why = reason === "" ? "" : `: ${reason}`;
  const after: Readonly<Record<string, string>> = {
    "plan approved": " You have your tools that write now; go on.",
    "plan rejected": " Revise it and submit it again.",
  };
  return `Answer to ${id} (${kind}): ${status}${why}.${after[`${kind} ${status}`] ?? ""}`;
}
