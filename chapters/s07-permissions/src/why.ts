// /why: the tree of a verdict. The line, its parts, what each comes to and because of what; the part that decides is
// marked. What it says is what the policy says of the call, because it is made of the same verdict.
import { LINE, type Part } from "./judge-shell.ts";

const LONGEST_TEXT = 48;

export function renderWhy(line: Part): string {
  const parts = line.parts.filter(isTold);
  const decider = line.verdict.decision === "allow" ? undefined : deciderOf(line);
  return [
    `${line.verdict.decision.padEnd(5)} ${oneLine(line.text)}`,
    ...rows(parts, "", widthOf(parts), decider),
    ...(isException(line) ? [`      ${line.verdict.reason}`] : []),
  ].join("\n");
}

/** Whether the line comes to something else than its parts do. */
function isException({ verdict, parts }: Part): boolean {
  return verdict.decision === "allow" && parts.some((part) => part.verdict.decision !== "allow");
}

function rows(parts: readonly Part[], margin: string, width: number, decider: Part | undefined): string[] {
  return parts.flatMap((part, index) => {
    const isLast = index === parts.length - 1;
    const { decision, reason } = part.verdict;
    const mark = part === decider ? "  ◄ decides" : "";
    const text = oneLine(part.text).padEnd(width - margin.length);
    return [
      `${margin}${isLast ? "└─" : "├─"} ${decision.padEnd(5)} ${text}  ${reason}${mark}`,
      ...rows(part.parts, `${margin}${isLast ? "   " : "│  "}`, width, decider),
    ];
  });
}

/** The innermost part that is as bad as the line, the first where there are several. */
function deciderOf({ verdict, parts }: Part): Part | undefined {
  const worst = parts.find((part) => part.verdict.decision === verdict.decision);
  return worst && (deciderOf(worst) ?? worst);
}

/** The line as a whole is a part of its own only where something is to be said of it. */
function isTold({ text, verdict }: Part): boolean {
  return text !== LINE || verdict.decision !== "allow";
}

function widthOf(parts: readonly Part[], margin = 0): number {
  const widths = parts.map((part) =>
    Math.max(oneLine(part.text).length + margin, widthOf(part.parts, margin + 3)),
  );
  return Math.max(0, ...widths);
}

function oneLine(text: string): string {
  const line = text.replaceAll("\n", "⏎");
  return line.length > LONGEST_TEXT ? `${line.slice(0, LONGEST_TEXT - 1)}…` : line;
}
