// Verdicts, and the one order in which everything is decided: deny, then mode, then ask and allow rules, then the
// question.
import type { Rule } from "./rules.ts";
import type { Settings } from "./settings.ts";

export interface Verdict {
  decision: "allow" | "ask" | "deny";
  /** Which rule, mode or doubt decided. */
  reason: string;
  /** What a question is due to: a rule that asks, something that cannot be decided, or that no rule speaks of it. */
  due?: "rule" | "doubt" | "nothing";
  /** Rules that would allow it; none where no rule could be written. */
  rules: string[];
}

export const ALLOW: Verdict = { decision: "allow", reason: "", rules: [] };
const SEVERITY = { allow: 0, ask: 1, deny: 2 };

/** What is known of a call, or of a part of it. */
export interface Facts {
  /** The rules that speak of it. */
  denied: Rule | undefined;
  asked: Rule | undefined;
  allowed?: Rule | undefined;
  /** It changes nothing. */
  reads: boolean;
  /** It needs no rule: it only reads, or the mode accepts it. */
  passes: boolean;
  /** The rule that would allow it, if one can be written. */
  rule?: string | undefined;
}

export function decide({ mode }: Settings, { denied, asked, allowed, reads, passes, rule }: Facts): Verdict {
  if (denied) return deny(denied);
  if (mode === "plan" && !reads) return refuseInPlan();
  if (mode === "bypassPermissions") return ALLOW;
  if (asked)
    return {
      decision: "ask",
      due: "rule",
      reason: `asked for by ${asked.text} (${asked.source})`,
      rules: [],
    };
  if (passes || allowed) return ALLOW;
  const rules = rule === undefined ? [] : [rule];
  return { decision: "ask", due: "nothing", reason: `no rule allows ${rule ?? "it"}`, rules };
}

export function deny({ text, source }: Rule): Verdict {
  return { decision: "deny", reason: `denied by ${text} (${source})`, rules: [] };
}

/** What cannot be decided is asked, also where permissions are bypassed, if there is a rule that it could break. */
export function doubt({ mode, deny: rules }: Settings, doubts: readonly string[]): Verdict {
  if (mode === "plan") return refuseInPlan();
  const couldBeDenied = rules.some(({ tool }) => ["Bash", "Read", "Edit", "*"].includes(tool));
  if (mode === "bypassPermissions" && !couldBeDenied) return ALLOW;
  const reason = `it cannot be decided: ${[...new Set(doubts)].join("; ")}`;
  return { decision: "ask", due: "doubt", reason, rules: [] };
}

function refuseInPlan(): Verdict {
  return { decision: "deny", reason: "not in plan mode, which only reads", rules: [] };
}

/** The worst of them; where questions meet, their reasons and rules are joined. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  const level = Math.max(0, ...verdicts.map(({ decision }) => SEVERITY[decision]));
  const [first = ALLOW, ...rest] = verdicts.filter(({ decision }) => SEVERITY[decision] === level);
  if (first.decision !== "ask") return first;
  const all = [first, ...rest];
  // A rule that asks, or a doubt, is the reason, and not that no rule speaks of it.
  const telling = all.find(({ due }) => due === "rule") ?? all.find(({ due }) => due === "doubt");
  const reasons = telling ? [telling.reason] : new Set(all.map(({ reason }) => reason));
  const canBeRules = all.every(({ rules }) => rules.length > 0);
  return {
    decision: "ask",
    due: telling?.due ?? "nothing",
    reason: [...reasons].join("; "),
    rules: canBeRules ? [...new Set(all.flatMap(({ rules }) => rules))] : [],
  };
}
