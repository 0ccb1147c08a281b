// Permissions as an extension: every tool call passes the policy first. /rules and /mode show and set it.
import {
  errorMessage,
  ORDER,
  type Extension,
  type FlagValues,
  type Session,
  type ToolCall,
  type ToolResult,
  type Workspace,
} from "@course/runtime";
import type { Verdict } from "./pipeline.ts";
import { Policy } from "./policy.ts";
import { keepRules, loadSettings, MODES, parseMode } from "./settings.ts";

const REFUSALS = 3;
const [ONCE, NO, WITH_REASON] = ["Yes, once", "No", "No, and say why"];

export const permissionFlags = {
  "permission-mode": { value: "MODE", description: MODES.join(", ") },
  allow: { value: "RULES", description: 'Allow rules, as in "Bash(npm test),Edit(./notes/**)"' },
  deny: { value: "RULES", description: "Deny rules; they hold in every mode" },
} as const;

export function permissions(workspace: Workspace, values: FlagValues = {}): Extension {
  // Read once: a file that the agent writes must not change what it may do.
  let policy: Policy | undefined;
  const started = () => (policy ??= new Policy(workspace, loadSettings(workspace, values)));
  /** Refusals in a row, by conversation: subagents have their own. */
  const refusals = new WeakMap<Session, number>();
  return {
    name: "permissions",
    order: ORDER.permissions,
    commands: {
      rules: { description: "lists the permission rules", run: () => renderRules(started()) },
      mode: {
        description: `shows the permission mode, or sets it: ${MODES.join(", ")}`,
        run(argument) {
          if (argument !== "") started().settings.mode = parseMode(argument, "/mode");
          return `Mode: ${started().settings.mode}`;
        },
      },
    },
    status: () => (policy && policy.settings.mode !== "default" ? policy.settings.mode : undefined),
    start(session) {
      for (const message of started().settings.notes) session.emit({ type: "notice", message });
    },
    async wrapToolCall(call, next) {
      const verdict = await started().judge(call);
      const refusal =
        verdict.decision === "allow" ? undefined : await askOrRefuse(call, verdict, started(), workspace);
      const count = refusal === undefined ? 0 : (refusals.get(call.session) ?? 0) + 1;
      refusals.set(call.session, count);
      return refusal === undefined ? next(call) : refused(refusal, count % REFUSALS === 0);
    },
  };
}

/** Asks where there is something to ask. Returns why the call may not run, or undefined if it may. */
async function askOrRefuse(
  call: ToolCall,
  verdict: Verdict,
  policy: Policy,
  workspace: Workspace,
): Promise<string | undefined> {
  if (verdict.decision === "deny") return verdict.reason;
  const always = verdict.rules.length > 0 ? [`Yes, always: ${verdict.rules.join(", ")}`] : [];
  const answer = await call.session.ask({
    text: `${call.name} wants to run: ${describe(call.input)}\n(${verdict.reason})`,
    choices: [ONCE, ...always, NO, WITH_REASON],
    withText: WITH_REASON,
    withoutHuman: withoutHuman(verdict),
  });
  if ("refused" in answer) return answer.refused;
  if (answer.choice === ONCE) return undefined;
  if (answer.choice === NO) return "the user said no";
  if (answer.choice === WITH_REASON) return `the user said no: ${answer.text || "no reason was given"}`;
  keep(call.session, policy, workspace, verdict.rules);
  return undefined;
}

function keep(session: Session, policy: Policy, workspace: Workspace, rules: readonly string[]): void {
  policy.allow(rules);
  try {
    keepRules(workspace, rules);
  } catch (error) {
    session.emit({
      type: "notice",
      message: `Allowed for this session only: ${errorMessage(error)}`,
    });
  }
}

function refused(reason: string, isThird: boolean): ToolResult {
  const course = isThird
    ? " Three calls in a row were refused: change course, or ask the user what they want."
    : "";
  return { content: `The call was not run: ${reason.replace(/\.$/, "")}.${course}`, isError: true };
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
  const { command, file_path: path } = (input ?? {}) as { command?: unknown; file_path?: unknown };
  if (typeof command === "string") return command;
  return typeof path === "string" ? path : JSON.stringify(input).slice(0, 200);
}

function renderRules({ settings }: Policy): string {
  const rows = (["deny", "ask", "allow"] as const).flatMap((kind) =>
    settings[kind].map(({ text, source }) => `  ${kind.padEnd(6)}${text.padEnd(40)}${source}`),
  );
  return [
    `  mode  ${settings.mode}`,
    ...(rows.length > 0 ? rows : ["  no rules; what only reads runs, all else is asked"]),
  ].join("\n");
}
