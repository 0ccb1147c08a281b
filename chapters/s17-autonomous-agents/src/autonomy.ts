// Teammates that look for work: between two runs each asks the desk for a task, and the board's folder is watched so that
// one that rests hears of a task that has become free. Looking costs no model call.
import { errorMessage } from "@course/runtime";
import type { Task } from "@course/s12-task-system";
import { LEAD, type Team, type Teammate } from "@course/s15-agent-teams";
import type { ClaimDesk, Claimed } from "./claim-desk.ts";

/** How often a teammate is sent back to a task that it left unfinished, in a row. */
const AT_MOST = 3;

export class Autonomy {
  readonly team: Team;
  readonly #desk: ClaimDesk;
  /** The task each teammate was last sent to, and how often. */
  readonly #sent = new Map<string, { id: number; times: number }>();
  /** Tasks that a teammate has left unfinished: they are for somebody else. */
  readonly #givenUp = new Map<string, Set<number>>();
  /** Those who were woken for a free task, and have not looked yet. */
  readonly #woken = new Set<string>();
  /** Those who look, and those who have found something: a moment later they rest no more. */
  readonly #looking = new Set<string>();
  /** What was told last of the board, until it can be read again. */
  #problem: string | undefined;
  #isLookDue = false;
  /** Looks at the board and releases that have not come to their end. */
  #underway = 0;

  constructor(team: Team, desk: ClaimDesk) {
    this.team = team;
    this.#desk = desk;
  }

  /** Puts the task that this teammate should work on into its conversation; false if there is none. */
  async findWork(teammate: Teammate): Promise<boolean> {
    const { name } = teammate.record;
    this.#woken.delete(name);
    const claimed = await this.#claim(name);
    if (!claimed) return false;
    const last = this.#sent.get(name);
    const isSame = last?.id === claimed.task.id;
    // It has asked somebody in the middle of its task, and waits for the answer.
    if (isSame && claimed.isResumed && teammate.mayWait) return false;
    const times = isSame ? last.times + 1 : 1;
    if (times > AT_MOST || (isSame && !claimed.isResumed)) {
      // Left unfinished again and again, or put back: it is for somebody else.
      await this.#giveUp(name, claimed.task, times > AT_MOST);
      return this.findWork(teammate);
    }
    this.#sent.set(name, { id: claimed.task.id, times });
    teammate.session.inject(renderClaimed(claimed, times, await this.#placesFor(name, claimed.task)));
    return true;
  }

  /** Finds work as above. From here until it is at work, the teammate counts as about to take a task. */
  async lookForWork(teammate: Teammate): Promise<boolean> {
    const { name } = teammate.record;
    let hasFound = false;
    this.#looking.add(name);
    try {
      hasFound = await this.findWork(teammate);
    } finally {
      if (!hasFound) this.#looking.delete(name);
    }
    return hasFound;
  }

  /** A teammate is gone: what it had goes back on the board. */
  async release(name: string): Promise<void> {
    this.#sent.delete(name);
    this.#givenUp.delete(name);
    await this.#free(name, "is stopped");
  }

  /** The board may have changed: until it was looked at, somebody may be about to take a task. */
  noteChange(): void {
    this.#isLookDue = true;
  }

  /** Wakes those who rest and could claim something; takes from those who failed what they had. */
  async look(): Promise<void> {
    this.#isLookDue = false;
    const resting = this.team.resting();
    if (resting.length === 0) return;
    this.#underway += 1;
    try {
      for (const { record, takesWork } of resting)
        if (!takesWork) await this.#free(record.name, "has failed");
      this.#wake(resting, await this.#desk.free());
      this.#problem = undefined;
    } catch (error) {
      const problem = `The board could not be read: ${errorMessage(error)}`;
      // The same is met at each look.
      if (problem !== this.#problem) this.team.notice(problem);
      this.#problem = problem;
    } finally {
      this.#underway -= 1;
    }
  }

  /** Whether somebody who rests is about to take a task. */
  get isBusy(): boolean {
    const takers = this.team.resting().filter(({ takesWork }) => takesWork);
    const isAboutTo = takers.some(({ record: { name } }) => this.#woken.has(name) || this.#looking.has(name));
    return isAboutTo || this.#underway > 0 || (this.#isLookDue && takers.length > 0);
  }

  async #free(name: string, why: string): Promise<void> {
    this.#underway += 1;
    try {
      const tasks = await this.#desk.release(name);
      for (const { id, subject } of tasks)
        this.team.notice(`#${id} ${subject}: ${name} ${why}, so it is free again.`);
      if (tasks.length > 0) await this.look();
    } finally {
      this.#underway -= 1;
    }
  }

  #wake(resting: readonly Teammate[], free: (owner: string) => number[]): void {
    for (const { record, session, takesWork } of resting) {
      const left = this.#givenUp.get(record.name);
      if (!takesWork || free(record.name).every((id) => left?.has(id))) continue;
      this.#woken.add(record.name);
      session.wake("a task is free");
    }
  }

  async #claim(name: string): Promise<Claimed | undefined> {
    try {
      return await this.#desk.claim(name, undefined, this.#givenUp.get(name));
    } catch (error) {
      this.team.notice(`${name} finds no work: ${errorMessage(error)}`);
      return undefined;
    }
  }

  /** What the teammate should know of where it works on this. */
  async #placesFor(name: string, task: Task): Promise<string[]> {
    const notes: string[] = [];
    for (const addOn of this.team.addOns) notes.push((await addOn.taskBegun?.(name, task)) ?? "");
    return notes.filter((note) => note !== "");
  }

  async #giveUp(name: string, { id, subject }: Task, isTold: boolean): Promise<void> {
    this.#givenUp.set(name, new Set([...(this.#givenUp.get(name) ?? []), id]));
    this.#sent.delete(name);
    await this.#desk.release(name);
    for (const addOn of this.team.addOns) await addOn.taskLeft?.(name);
    const text = `I left task ${id} (${subject}) unfinished ${AT_MOST} times; it is back on the board, for somebody else.`;
    if (isTold) await this.team.send(name, LEAD, text);
  }
}

function renderClaimed(
  { task: { id, subject, description }, isResumed }: Claimed,
  times: number,
  places: readonly string[],
): string {
  const quoted = (text: string) => text.replaceAll("</", "<\\/").toWellFormed();
  const state =
    times > 1
      ? "It is still yours, and in progress: go on with it."
      : isResumed
        ? "You had begun it before: look first what is there."
        : "It is yours now, and in progress.";
  const lines = [quoted(subject), ...(description === "" ? [] : ["", quoted(description)]), ""];
  const rules =
    "When it is done, complete it with task_update. If you cannot do it, put it back: status pending and an empty owner.";
  const told = [`${state} ${rules}`, ...places].join("\n");
  return `<claimed-task id="${id}">\n${lines.join("\n")}\n${told}\n</claimed-task>`;
}
