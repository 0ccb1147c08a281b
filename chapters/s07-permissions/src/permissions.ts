// Permissions as an extension: every tool call passes the policy first. /rules, /mode and /why show and set it.
import {
  errorMessage,
  ORDER,
  type Agent,
  type Command,
  type Extension,
  type FlagValues,
  type Session,
  type ToolCall,
  type ToolResult,
  type Workspace,
} from "@course/runtime";
import { askUser } from "./ask.ts";
import { noteMode, PERMISSIONS, restoredMode } from "./kept-mode.ts";
import type { Verdict } from "./pipeline.ts";
import { Policy } from "./policy.ts";
import {
  applyGrant,
  checkBypass,
  faultOfMode,
  faultOfRules,
  keepRules,
  loadSettings,
  localGrant,
  MODES,
  parseMode,
  renderGrant,
  type Grant,
} from "./settings.ts";
import { Trust, trustFlag, type TrustRequest } from "./trust.ts";
import { renderWhy } from "./why.ts";

const REFUSALS = 3;
const NOT_RUN = "The call was not run:";

export const permissionFlags = {
  "permission-mode": { value: "MODE", description: MODES.join(", "), check: faultOfMode },
  allow: {
    value: "RULES",
    description: 'Allow rules, as in "Bash(npm test),Edit(./notes/**)"',
    check: (rules: string) => faultOfRules(rules, "allow"),
  },
  deny: {
    value: "RULES",
    description: "Deny rules; they hold in every mode",
    check: (rules: string) => faultOfRules(rules, "deny"),
  },
  ...trustFlag,
} as const;

export function permissions(workspace: Workspace, values: FlagValues = {}): Extension {
  // Read once: a file that the agent writes must not change what it may do.
  let policy: Policy | undefined;
  const started = () => (policy ??= new Policy(workspace, loadSettings(workspace, values)));
  const trust = new Trust({ trustsAll: values["trust"] === true });
  /** Refusals in a row, by conversation: subagents have their own. */
  const refusals = new WeakMap<Session, number>();
  return {
    name: PERMISSIONS,
    order: ORDER.permissions,
    commands: permissionCommands(started),
    status: () => (policy && policy.settings.mode !== "default" ? policy.settings.mode : undefined),
    async start(session) {
      const { settings } = started();
      for (const message of settings.notes) session.notice(message);
      for (const grant of settings.grants ?? [])
        if (await trust.ask(session, trustRequest(workspace, grant))) applyGrant(settings, grant);
      if (values["permission-mode"] === undefined)
        settings.mode = restoredMode(session.history) ?? settings.mode;
      noteMode(session, settings.mode);
      session.on((event) => event.type === "cleared" && noteMode(session, settings.mode));
    },
    async wrapToolCall(call, next) {
      // A teammate may work in a folder of its own: its paths begin there.
      const { place = workspace } = call.session;
      const verdict = decided(await started().judge(call, place.root), call.decision);
      const always = (rules: readonly string[]) => keep(call.session, started(), workspace, trust, rules);
      const refusal = await refusalOf(verdict, () => askUser(call, verdict, place, always));
      const count = refusal === undefined ? 0 : (refusals.get(call.session) ?? 0) + 1;
      refusals.set(call.session, count);
      return refusal === undefined ? next(call) : notRun(refusal, count % REFUSALS === 0);
    },
  };
}

function permissionCommands(started: () => Policy): Record<string, Command> {
  return {
    rules: { description: "lists the permission rules", run: () => renderRules(started()) },
    why: {
      description: "says what would be decided about a command, and because of what: /why rm -rf notes",
      run: async (command) =>
        command === ""
          ? "Write a command line behind it, as in /why ls | xargs rm"
          : renderWhy(await started().explain(command)),
    },
    mode: {
      description: `shows the permission mode, or sets it: ${MODES.join(", ")}`,
      run(argument, session) {
        const { settings } = started();
        const mode = argument === "" ? settings.mode : parseMode(argument, "/mode");
        checkBypass(settings, mode);
        settings.mode = mode;
        noteMode(session, mode);
        return `Mode: ${mode}`;
      },
    },
  };
}

/** Why a call may not run; undefined if it may. */
async function refusalOf(
  { decision, reason }: Verdict,
  ask: () => Promise<string | undefined>,
): Promise<string | undefined> {
  if (decision === "allow") return undefined;
  return decision === "deny" ? reason : ask();
}

/** A hook (s08) may have a call asked, or not asked; what a rule denies or asks stays so. */
function decided(verdict: Verdict, decision: ToolCall["decision"]): Verdict {
  if (!decision || verdict.decision === "deny" || verdict.decision === decision.behavior) return verdict;
  if (verdict.due === "rule") return verdict;
  return { ...verdict, decision: decision.behavior, reason: decision.reason };
}

/** The mode that this agent's permissions are in; undefined where it has none. */
export function permissionMode(agent: Agent): string | undefined {
  const found = agent.extensions.find(({ order }) => order === ORDER.permissions);
  return found && (found.status?.() ?? "default");
}

/** What the user answers is theirs: it must not be asked again as if the project had brought it. */
function keep(
  session: Session,
  policy: Policy,
  workspace: Workspace,
  trust: Trust,
  rules: readonly string[],
): void {
  policy.allow(rules);
  try {
    const before = localGrant(workspace);
    const wasTrusted = before === undefined || trust.isTrusted(trustRequest(workspace, before));
    keepRules(workspace, rules);
    const after = localGrant(workspace);
    if (wasTrusted && after) trust.keep(session, trustRequest(workspace, after));
  } catch (error) {
    session.emit({
      type: "notice",
      message: `Allowed for this session only: ${errorMessage(error)}`,
    });
  }
}

function trustRequest({ root }: Workspace, grant: Grant): TrustRequest {
  return { folder: root, kind: `the rules of ${grant.file}`, content: renderGrant(grant) };
}

function notRun(reason: string, isThird: boolean): ToolResult {
  const course = isThird
    ? " Three calls in a row were refused: change course, or ask the user what they want."
    : "";
  return { content: `${NOT_RUN} ${reason.replace(/\.$/, "")}.${course}`, isError: true, refused: reason };
}

/** Whether a result is a refusal: the tool did not run (s08). */
export function wasRefused({ refused }: ToolResult): boolean {
  return refused !== undefined;
}

function renderRules({ settings }: Policy): string {
  const rows = (["deny", "ask", "allow"] as const).flatMap((kind) =>
    settings[kind].map(({ text, source }) => `  ${kind.padEnd(6)}${text.padEnd(40)}${source}`),
  );
  const idle = (settings.grants ?? []).map(
    ({ file }) => `  what ${file} allows is not trusted, and does not hold`,
  );
  return [
    `  mode  ${settings.mode}`,
    ...idle,
    ...(rows.length > 0 ? rows : ["  no rules; what only reads runs, all else is asked"]),
  ].join("\n");
}
