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
  /** What of it cannot be decided. */
  doubts?: readonly string[];
}

const SEVERITY = { allow: 0, ask: 1, deny: 2 };

/** What is known of a call, or of a part of it. */
export interface Facts {
  /** The rules that speak of it. */
  denied: Rule | undefined;
  asked: Rule | undefined;
  allowed?: Rule | undefined;
  /** It changes nothing; as a text, who says so. */
  reads: boolean | string;
  /** The mode accepts it without a rule. */
  accepted?: boolean;
  /** The rule that would allow it, if one can be written. */
  rule?: string | undefined;
}

export function decide({ mode }: Settings, facts: Facts): Verdict {
  const { denied, asked, allowed, reads, accepted, rule } = facts;
  if (denied) return deny(denied);
  if (mode === "plan" && !reads) return refuseInPlan();
  if (mode === "bypassPermissions") return allow("the mode asks about nothing");
  if (asked) return askFor(asked);
  if (reads) return allow(reads === true ? "it only reads" : reads);
  if (allowed) return allow(`allowed by ${allowed.text} (${allowed.source})`);
  if (accepted) return allow(`the mode ${mode} accepts it`);
  const rules = rule === undefined ? [] : [rule];
  return { decision: "ask", due: "nothing", reason: `no rule allows ${rule ?? "it"}`, rules };
}

export function allow(reason: string): Verdict {
  return { decision: "allow", reason, rules: [] };
}

function askFor({ text, source }: Rule): Verdict {
  return { decision: "ask", due: "rule", reason: `asked for by ${text} (${source})`, rules: [] };
}

function deny({ text, source }: Rule): Verdict {
  return { decision: "deny", reason: `denied by ${text} (${source})`, rules: [] };
}

/** What cannot be decided is asked, also where permissions are bypassed, if there is a rule that it could break. */
export function doubt({ mode, deny: rules }: Settings, doubts: readonly string[]): Verdict {
  if (mode === "plan") return refuseInPlan();
  const couldBeDenied = rules.some(({ tool }) => ["Bash", "Read", "Edit", "*"].includes(tool));
  if (mode === "bypassPermissions" && !couldBeDenied) return allow("the mode asks about nothing");
  return { decision: "ask", due: "doubt", reason: undecided(doubts), rules: [], doubts };
}

function undecided(doubts: readonly string[]): string {
  return `it cannot be decided: ${[...new Set(doubts)].join("; ")}`;
}

function refuseInPlan(): Verdict {
  return { decision: "deny", reason: "not in plan mode, which only reads", rules: [] };
}

/** The worst of them; where questions meet, their reasons and rules are joined. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  const level = Math.max(0, ...verdicts.map(({ decision }) => SEVERITY[decision]));
  const [first = allow("there is nothing to run"), ...rest] = verdicts.filter(
    ({ decision }) => SEVERITY[decision] === level,
  );
  if (first.decision !== "ask") return first;
  const all = [first, ...rest];
  const canBeRules = all.every(({ rules }) => rules.length > 0);
  const rules = canBeRules ? [...new Set(all.flatMap((one) => one.rules))] : [];
  return { decision: "ask", ...telling(all), rules };
}

/** Why it is asked: for a rule that asks, else for a doubt, else because no rule speaks of it. */
function telling(asked: readonly Verdict[]): Pick<Verdict, "due" | "reason" | "doubts"> {
  const rule = asked.find(({ due }) => due === "rule");
  const doubts = asked.flatMap((verdict) => verdict.doubts ?? []);
  if (rule) return { due: "rule", reason: rule.reason, doubts };
  if (doubts.length > 0) return { due: "doubt", reason: undecided(doubts), doubts };
  const reasons = new Set(asked.map(({ reason }) => reason));
  return { due: "nothing", reason: [...reasons].join("; ") };
}
