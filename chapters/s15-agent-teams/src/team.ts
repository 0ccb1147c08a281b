// The team: who is on it, and how mail reaches them. Teammates run in this program, at the same time as the lead and
// as each other; whatever they wait for (the model, a command, mail) holds up nobody else.
import {
  errorMessage,
  ToolError,
  type Agent,
  type Extension,
  type Session,
  type Workspace,
  type Zod,
} from "@course/runtime";
import type { z } from "zod";
import type { Newcomer, TeamAddOn } from "./add-on.ts";
import { teammateAgent } from "./equipment.ts";
import { Mailbox } from "./mailbox.ts";
import { LeadMail } from "./lead-mail.ts";
import type { MailKind } from "./mail.ts";
import { Roster, type TeammateRecord, type TeammateState } from "./roster.ts";
import { Teammate } from "./teammate.ts";
import { checkName, LEAD } from "./names.ts";
import { watchInboxes } from "./watch-inboxes.ts";

const INTERRUPTED = "its program was killed";

export class Team {
  readonly #workspace: Workspace;
  readonly #mailOf: (name: string) => Extension;
  readonly #roster: Roster;
  readonly #teammates = new Map<string, Teammate>();
  readonly #boxes = new Map<string, Mailbox>();
  readonly #leadMail: LeadMail;
  readonly addOns: TeamAddOn[] = [];
  #lead: { session: Session; agent: Agent } | undefined;
  #unwatch = () => {};
  /** Who an earlier program left. */
  #left: TeammateRecord[] = [];

  /** `mailOf` makes the extension that brings a teammate its mail. */
  constructor(workspace: Workspace, mailOf: (name: string) => Extension) {
    this.#workspace = workspace;
    this.#mailOf = mailOf;
    this.#roster = new Roster(workspace);
    this.#leadMail = new LeadMail(this.inbox(LEAD));
  }

  /** From now on this is the lead. Returns who an earlier program left that did not end well. */
  async open(session: Session, agent: Agent): Promise<readonly TeammateRecord[]> {
    this.#lead = { session, agent };
    if (!this.#roster.read()) return [];
    try {
      await this.#claim();
    } catch (error) {
      // Another program's: this one works without a team.
      this.notice(errorMessage(error));
      return [];
    }
    this.#leadMail.open();
    return this.#left.filter(({ reason }) => reason === INTERRUPTED);
  }

  /** Starts a teammate and returns at once. Rejects with ToolError for a name that cannot be given. */
  async spawn(newcomer: Newcomer): Promise<TeammateRecord> {
    const { name, role, prompt } = newcomer;
    const lead = this.#lead;
    if (!lead) throw new ToolError("The team has not been started.");
    checkName(name, this.list());
    await this.#claim();
    if (lead.session.signal.aborted) throw new ToolError("Interrupted by the user.");
    const mailbox = this.inbox(name);
    // What was sent to an earlier one of this name was not meant for this one.
    await mailbox.skip();
    const record: TeammateRecord = { name, role, state: "working", since: new Date().toISOString() };
    const { workplace, ...parts } = teammateAgent(newcomer, {
      workspace: this.#workspace,
      lead: lead.agent,
      mail: this.#mailOf(name),
      addOns: this.addOns,
    });
    const session = lead.session.beside(name);
    // What guards the lead guards this one, too, and has to know which folder its paths begin in.
    session.place = workplace;
    const teammate = new Teammate({
      record,
      ...parts,
      session,
      mailbox,
      onState: (state) => this.#noteState(name, state),
      findWork: (one) => this.#findWork(one),
      idleMs: this.addOns.find(({ idleMs }) => idleMs !== undefined)?.idleMs,
      report: (kind, content) => this.#report(name, kind, content),
    });
    this.#teammates.set(name, teammate);
    this.#save();
    teammate.start(prompt);
    return record;
  }

  /** Rejects with ToolError where nobody of that name can read it, and with what writing it throws. */
  async send(from: string, to: string, content: string): Promise<void> {
    if (to === from) throw new ToolError("That is you. Send to somebody else.");
    if (to !== LEAD) this.teammate(to);
    await this.#put(from, to, content);
    const sender = this.#teammates.get(from);
    if (sender) Object.assign(sender, { mayWait: true, hasWritten: sender.hasWritten || to === LEAD });
  }

  /** Interrupts a teammate for good. Rejects with ToolError if there is none of that name. */
  async stop(name: string, reason: string): Promise<void> {
    await this.teammate(name).stop(reason, true);
  }

  /** Lets a teammate's run end, and then stops it. */
  retire(name: string, reason: string): void {
    this.teammate(name).retire(reason);
  }

  /** Stops all; resolves when none runs. Nobody is told: whoever would read it ends, too. */
  async close(): Promise<void> {
    this.#unwatch();
    await Promise.all(
      [...this.#teammates.values()].map((teammate) => teammate.stop("the program ended", false)),
    );
    if (this.#roster.isOurs) await this.#leadMail.close();
  }

  /** A teammate that is not stopped. Throws ToolError if there is none of that name. */
  teammate(name: string): Teammate {
    const found = this.#teammates.get(name);
    if (found && found.record.state !== "stopped") return found;
    const there = this.list().flatMap((member) => (member.state === "stopped" ? [] : [member.name]));
    const why = found ? `${name} is stopped` : `There is no teammate ${name}`;
    throw new ToolError(`${why}. There are: ${[LEAD, ...there].join(", ")}.`);
  }

  /** Teammates that are idle. */
  resting(): Teammate[] {
    return [...this.#teammates.values()].filter(({ record }) => record.state === "idle");
  }

  /** The conversation of a teammate of this program, stopped or not. */
  conversationOf(name: string): Session | undefined {
    return this.#teammates.get(name)?.session;
  }

  /** Those of this program, and those that an earlier one left. */
  list(): TeammateRecord[] {
    const left = this.#left.filter(({ name }) => !this.#teammates.has(name));
    return [...left, ...[...this.#teammates.values()].map(({ record }) => record)];
  }

  /** What later chapters add to spawn_teammate's input. */
  spawnFields(z: Zod): Readonly<Record<string, z.ZodType>> {
    return Object.assign({}, ...this.addOns.map((addOn) => addOn.spawnFields?.(z)));
  }

  inbox(name: string): Mailbox {
    const box =
      this.#boxes.get(name) ?? new Mailbox(this.#workspace, name, (problem) => this.notice(problem));
    this.#boxes.set(name, box);
    return box;
  }

  /** Whether the folder's team is this program's. */
  get isOurs(): boolean {
    return this.#roster.isOurs;
  }

  /** Whether something will want a turn of the lead. What an earlier program left waits for the user's next prompt. */
  get isBusy(): boolean {
    if (!this.#roster.isOurs) return false;
    const isWorking = ({ state, name }: TeammateRecord) =>
      state === "working" || (state === "idle" && this.inbox(name).hasUnread);
    const isAwaited = this.addOns.some((addOn) => addOn.isBusy?.());
    return this.list().some(isWorking) || isAwaited || this.#leadMail.hasNews;
  }

  /** The lead's mail is being read. */
  async drainLead(take: Parameters<Mailbox["drain"]>[0]): Promise<void> {
    if (!this.#roster.isOurs) return;
    await this.#leadMail.drain(take);
    // More than one drain takes: the rest asks for a run of its own.
    this.#wakeReaders();
  }

  /** Takes over the folder's team, once. */
  async #claim(): Promise<void> {
    if (this.#roster.isOurs) return;
    const members = await this.#roster.claim();
    this.#left = members.map((member) =>
      member.state === "stopped" ? member : { ...member, state: "stopped", reason: INTERRUPTED },
    );
    this.#save();
    this.#unwatch = watchInboxes(this.#workspace, () => this.#wakeReaders());
    for (const addOn of this.addOns) await addOn.opened?.();
  }

  async #put(from: string, to: string, content: string, kind?: MailKind): Promise<void> {
    await this.inbox(to).put(from, content, kind);
    // What the team says itself, as that somebody rests, is no message between two.
    if (kind === undefined) {
      const detail = { from, to };
      this.#lead?.session.emit({ type: "extension", extension: "agent-teams", kind: "mail", detail });
    }
    this.#wakeReaders();
  }

  async #report(name: string, kind: MailKind, content: string): Promise<void> {
    try {
      await this.#put(name, LEAD, content, kind);
    } catch (error) {
      this.notice(`${name} is ${kind}, and the lead could not be told: ${errorMessage(error)}`);
    }
  }

  /** Mail may have come from another program, too; whoever has some is woken. */
  #wakeReaders(): void {
    for (const [name, { record, session }] of this.#teammates)
      if (record.state === "idle" && this.inbox(name).hasUnread) session.wake("mail");
    const senders = this.#leadMail.announce();
    if (senders !== undefined) this.#lead?.session.wake(`mail from ${senders}`);
  }

  async #findWork(teammate: Teammate): Promise<boolean> {
    try {
      for (const addOn of this.addOns) if (await addOn.findWork?.(teammate)) return true;
    } catch (error) {
      this.notice(`${teammate.record.name} finds no work: ${errorMessage(error)}`);
    }
    return false;
  }

  #noteState(name: string, state: TeammateState): void {
    this.#save();
    if (state === "stopped") for (const addOn of this.addOns) addOn.stopped?.(name);
  }

  #save(): void {
    try {
      this.#roster.save(this.list());
    } catch (error) {
      this.notice(`The team's list could not be written: ${errorMessage(error)}`);
    }
  }

  /** Tells the user. */
  notice(message: string): void {
    this.#lead?.session.notice(message);
  }
}
