// Permissions as an extension: every tool call passes the policy first. /rules and /mode show and set it.
import {
  errorMessage,
  ORDER,
  type Agent,
  type Extension,
  type FlagValues,
  type Session,
  type ToolCall,
  type ToolResult,
  type Workspace,
} from "@course/runtime";
import { noteMode, PERMISSIONS, restoredMode } from "./kept-mode.ts";
import type { Verdict } from "./pipeline.ts";
import { Policy } from "./policy.ts";
import {
  applyGrant,
  checkBypass,
  keepRules,
  loadSettings,
  localGrant,
  MODES,
  parseMode,
  renderGrant,
  type Grant,
} from "./settings.ts";
import { Trust, trustFlag, type TrustRequest } from "./trust.ts";

const REFUSALS = 3;
const NOT_RUN = "The call was not run:";
const [ONCE, NO, WITH_REASON] = ["Yes, once", "No", "No, and say why"];

export const permissionFlags = {
  "permission-mode": { value: "MODE", description: MODES.join(", ") },
  allow: { value: "RULES", description: 'Allow rules, as in "Bash(npm test),Edit(./notes/**)"' },
  deny: { value: "RULES", description: "Deny rules; they hold in every mode" },
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
    commands: {
      rules: { description: "lists the permission rules", run: () => renderRules(started()) },
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
    },
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
      const verdict = decided(await started().judge(call), call.decision);
      const refusal =
        verdict.decision === "allow"
          ? undefined
          : await askOrRefuse(call, verdict, (rules) =>
              keep(call.session, started(), workspace, trust, rules),
            );
      const count = refusal === undefined ? 0 : (refusals.get(call.session) ?? 0) + 1;
      refusals.set(call.session, count);
      return refusal === undefined ? next(call) : refused(refusal, count % REFUSALS === 0);
    },
  };
}

/** A hook (s08) may have a call asked, or not asked; what is denied stays denied. */
function decided(verdict: Verdict, decision: ToolCall["decision"]): Verdict {
  if (!decision || verdict.decision === "deny" || verdict.decision === decision.behavior) return verdict;
  return { ...verdict, decision: decision.behavior, reason: decision.reason };
}

/** The mode that this agent's permissions are in; undefined where it has none. */
export function permissionMode(agent: Agent): string | undefined {
  const found = agent.extensions.find(({ order }) => order === ORDER.permissions);
  return found && (found.status?.() ?? "default");
}

/** Asks where there is something to ask. Returns why the call may not run, or undefined if it may. */
async function askOrRefuse(
  call: ToolCall,
  verdict: Verdict,
  keepAlways: (rules: readonly string[]) => void,
): Promise<string | undefined> {
  if (verdict.decision === "deny") return verdict.reason;
  const always = verdict.rules.length > 0 ? [`Yes, always: ${verdict.rules.join(", ")}`] : [];
  const answer = await call.session.ask({
    text: `${call.name} wants to run: ${visible(describe(call.input))}\n(${visible(verdict.reason)})`,
    choices: [ONCE, ...always, NO, WITH_REASON],
    withText: WITH_REASON,
    withoutHuman: withoutHuman(verdict),
  });
  if ("refused" in answer) return answer.refused;
  if (answer.choice === ONCE) return undefined;
  if (answer.choice === NO) return "the user said no";
  if (answer.choice === WITH_REASON) return `the user said no: ${answer.text || "no reason was given"}`;
  keepAlways(verdict.rules);
  return undefined;
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

/** Control characters could hide a part of what is asked, or move it elsewhere on the screen. */
function visible(text: string): string {
  return text.replace(/[^\P{C}\n\t]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

function refused(reason: string, isThird: boolean): ToolResult {
  const course = isThird
    ? " Three calls in a row were refused: change course, or ask the user what they want."
    : "";
  return { content: `${NOT_RUN} ${reason.replace(/\.$/, "")}.${course}`, isError: true };
}

/** Whether a result is a refusal: the tool did not run (s08). */
export function wasRefused({ content, isError }: ToolResult): boolean {
  return isError === true && typeof content === "string" && content.startsWith(NOT_RUN);
}

function withoutHuman({ reason, rules }: Verdict): string {
  const way =
    rules.length > 0
      ? `To allow it: --allow "${rules.join(",")}"`
      : "To allow it: --permission-mode bypassPermissions";
  return `nobody is here to be asked (${reason}). ${way}`;
}

/** What a call is about: the command or the path, not a whole file. */
function describe(input: unknown): string {
  const { command, file_path: path, name } = (input ?? {}) as Partial<Record<string, unknown>>;
  if (typeof command === "string") return typeof name === "string" ? `${command}  [in ${name}]` : command;
  return typeof path === "string" ? path : JSON.stringify(input).slice(0, 200);
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
