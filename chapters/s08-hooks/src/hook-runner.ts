// Runs the hooks of one event in parallel and merges their answers into one.
import type { Session, ToolCall, Workspace } from "@course/runtime";
import { Policy } from "@course/s07-permissions";
import { traitsOf, type HookEvent } from "./events.ts";
import { readAnswer, type HookAnswer } from "./hook-answer.ts";
import { runHook } from "./hook-process.ts";
import type { Hook } from "./hook.ts";

const DEFAULT_SECONDS = 600;

/** What a hook reads. */
type HookInput = Readonly<Record<string, unknown>>;

/** What happened, and to whom. */
export interface Occasion {
  event: HookEvent;
  session: Session;
  /** The event's own fields of what the hook reads. */
  fields?: HookInput;
  /** The call by the names that hooks know, for `if`. */
  call?: Pick<ToolCall, "name" | "input" | "readOnly">;
}

/** How often a hook did what, for /hooks. */
export interface Tally {
  ran: number;
  blocked: number;
  failed: number;
  lastProblem: string | undefined;
}

export class HookRunner {
  readonly #workspace: Workspace;
  readonly #about: (session: Session) => object;
  readonly tallies = new Map<Hook, Tally>();
  #hooks: readonly Hook[] = [];

  /** `about` gives the fields that every hook reads. */
  constructor(workspace: Workspace, about: (session: Session) => object) {
    this.#workspace = workspace;
    this.#about = about;
  }

  /** In the order of the files, which decides where two hooks disagree. */
  use(hooks: readonly Hook[]): void {
    this.#hooks = hooks;
    for (const hook of hooks)
      this.tallies.set(hook, { ran: 0, blocked: 0, failed: 0, lastProblem: undefined });
  }

  get isEmpty(): boolean {
    return this.#hooks.length === 0;
  }

  /** Runs every hook that the occasion matches. Rejects where it cannot be judged whether `if` means a call. */
  async run(occasion: Occasion): Promise<HookAnswer> {
    const { event, session, fields } = occasion;
    const input: HookInput = { ...this.#about(session), hook_event_name: event, ...fields };
    const hooks = await this.#matching(occasion, input);
    if (hooks.length === 0) return {};
    const answers = await Promise.all(hooks.map((hook) => this.#runOne(hook, input, session)));
    return merged(answers);
  }

  async #matching({ event, call }: Occasion, input: HookInput): Promise<Hook[]> {
    const { matches } = traitsOf(event);
    const found: Hook[] = [];
    const seen = new Set<string>();
    for (const hook of this.#hooks) {
      if (hook.event !== event || !(matches === undefined || hook.matches(String(input[matches])))) continue;
      if (!(await this.#isMeant(hook, call))) continue;
      // The same hook in two files runs once. That of another plugin (s19) has variables of its own.
      const identity = JSON.stringify([hook.command, hook.args, hook.onFailure, hook.env]);
      if (!seen.has(identity)) found.push(hook);
      seen.add(identity);
    }
    return found;
  }

  /** A call that the rule cannot judge counts as meant, because the hook may be a guard. */
  async #isMeant({ if: rule }: Hook, call: Occasion["call"]): Promise<boolean> {
    if (!rule || !call) return true;
    const settings = { deny: [rule], ask: [], allow: [], mode: "bypassPermissions" as const, notes: [] };
    return (await new Policy(this.#workspace, settings).judge(call)).decision !== "allow";
  }

  async #runOne(hook: Hook, input: HookInput, session: Session): Promise<HookAnswer> {
    const { event } = hook;
    const most = traitsOf(event).seconds ?? DEFAULT_SECONDS;
    // All hooks of SessionEnd share its time; elsewhere a hook may ask for more.
    const timeoutSeconds =
      event === "SessionEnd" ? Math.min(most, hook.timeoutSeconds ?? most) : (hook.timeoutSeconds ?? most);
    const start = performance.now();
    const end = await runHook(hook, input, {
      root: this.#workspace.root,
      timeoutSeconds,
      // The session is closed by then, and its signal aborted.
      signal: event === "SessionEnd" ? undefined : session.signal,
    });
    const answer = heeded(hook, readAnswer(event, end));
    if (end.ending !== "aborted") this.#tell(hook, answer, session, end.leftBehind);
    session.emit({
      type: "extension",
      extension: "hooks",
      kind: event,
      detail: { ...nameOf(hook), answer, exitCode: end.exitCode, durationMs: performance.now() - start },
    });
    return answer;
  }

  #tell(hook: Hook, answer: HookAnswer, session: Session, leftBehind: boolean): void {
    const tally = this.tallies.get(hook);
    if (tally) {
      tally.ran += 1;
      if (answer.block !== undefined || answer.permission?.behavior === "deny") tally.blocked += 1;
      if (answer.problem !== undefined) tally.failed += 1;
      tally.lastProblem = answer.problem ?? tally.lastProblem;
    }
    const name = `${hook.event} hook ${shortened(hook.command)}`;
    const left = leftBehind ? "what it left running was ended" : undefined;
    const problem = [answer.problem, left].filter(Boolean).join("; ");
    const outcome = answer.problem === undefined ? "" : consequence(answer, hook);
    if (problem !== "") session.notice(`${name}: ${problem}${outcome}`);
    if (answer.message !== undefined) session.notice(`${name} says: ${answer.message}`);
    if (answer.block !== undefined && answer.problem === undefined && traitsOf(hook.event).blocks === "no")
      session.notice(`${name}: ${answer.block} (nothing can be blocked here)`);
  }
}

/** A hook that failed blocks only if its settings say so. */
function heeded(hook: Hook, answer: HookAnswer): HookAnswer {
  if (answer.problem === undefined || hook.onFailure !== "block") return answer;
  return {
    ...answer,
    block: `the hook ${shortened(hook.command)} failed (${answer.problem}), and its onFailure is "block"`,
  };
}

function consequence({ block }: HookAnswer, { event }: Hook): string {
  if (block !== undefined) return "";
  return traitsOf(event).blocks === "yes" ? " (nothing is blocked: the hook failed open)" : "";
}

/** deny beats ask beats allow; of two inputs the last counts; what is said is joined. */
function merged(answers: readonly HookAnswer[]): HookAnswer {
  const all = <T>(pick: (answer: HookAnswer) => T | undefined): T[] =>
    answers.map(pick).filter((part) => part !== undefined);
  const joined = (parts: string[]) => (parts.length > 0 ? parts.join("\n") : undefined);
  const permissions = all(({ permission }) => permission);
  const strongest = (["deny", "ask", "allow"] as const).flatMap((behavior) =>
    permissions.filter((permission) => permission.behavior === behavior),
  );
  return {
    block: joined(all(({ block }) => block)),
    stop: all(({ stop }) => stop)[0],
    permission: strongest[0],
    updatedInput: all(({ updatedInput }) => updatedInput).at(-1),
    context: joined(all(({ context }) => context)),
  };
}

const nameOf = ({ command, args, source }: Hook) => ({ command, ...(args && { args }), source });

export function shortened(command: string): string {
  const line = command.replace(/\s+/g, " ").trim();
  return line.length <= 60 ? line : `${line.slice(0, 57).toWellFormed()}...`;
}
