// The question about a call: what it would do, why it is asked, and which rule "always" writes into which file.
import { type Place, type Question, type Session, type ToolCall } from "@course/runtime";
import { changeOf } from "./change.ts";
import type { Verdict } from "./pipeline.ts";
import { ruleName } from "./rules.ts";
import { LOCAL } from "./settings.ts";

const [ONCE, NO, WITH_REASON] = ["Yes, once", "No", "No, and say why"];
const LONGEST_INPUT = 200;

/** Asks. Resolves with why the call may not run, or undefined if it may. */
export async function askUser(
  call: Pick<ToolCall, "name" | "input"> & { session: Pick<Session, "ask"> },
  verdict: Verdict,
  place: Place,
  keepAlways: (rules: readonly string[]) => void,
): Promise<string | undefined> {
  const answer = await call.session.ask(questionOf(call, verdict, place));
  if ("refused" in answer) return answer.refused;
  if (answer.choice === ONCE) return undefined;
  if (answer.choice === NO) return "the user said no";
  if (answer.choice === WITH_REASON) return `the user said no: ${answer.text || "no reason was given"}`;
  keepAlways(verdict.rules);
  return undefined;
}

function questionOf(
  { name, input }: Pick<ToolCall, "name" | "input">,
  verdict: Verdict,
  place: Place,
): Question {
  const { reason, rules } = verdict;
  const wants = ruleName(name) === "Edit" ? "wants to change" : "wants to run";
  return {
    text: `${name} ${wants}: ${visible(describe(input))}\n(${visible(reason)})`,
    diff: changeOf(name, input, place),
    choices: [ONCE, ...always(rules), NO, WITH_REASON],
    withText: WITH_REASON,
    withoutHuman: withoutHuman(verdict),
  };
}

/** The choice that adds the rules; none where no rule means this call. */
function always(rules: readonly string[]): string[] {
  if (rules.length === 0) return [];
  // A rule for a tool as a whole is wider than the call, so it says so.
  const extent = rules.every((rule) => rule.includes("(")) ? "" : ", whatever its input";
  return [`Yes, always${extent}: adds ${rules.join(" and ")} to ${LOCAL}`];
}

function withoutHuman({ reason, rules }: Verdict): string {
  const way =
    rules.length > 0
      ? `To allow it: --allow "${rules.join(",")}"`
      : "No rule can be written for this: start without -p and answer the question, or ask for it in plain commands";
  return `nobody is here to be asked (${reason}). ${way}`;
}

/** Control characters could hide a part of what is asked, or move it elsewhere on the screen. */
function visible(text: string): string {
  return text.replace(/[^\P{C}\n\t]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** What a call is about: the command or the path, not a whole file. */
function describe(input: unknown): string {
  const { command, file_path: path, name } = (input ?? {}) as Partial<Record<string, unknown>>;
  if (typeof command === "string") return typeof name === "string" ? `${command}  [in ${name}]` : command;
  if (typeof path === "string") return path;
  const text = JSON.stringify(input) ?? "";
  return text.length > LONGEST_INPUT ? `${text.slice(0, LONGEST_INPUT)}…` : text;
}
