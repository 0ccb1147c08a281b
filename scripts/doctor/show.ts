// The doctor's lines: what was found, with the next step below it; at the end, which chapters work.
import type { Screen } from "../../packages/runtime/src/terminal/screen.ts";
import {
  bold,
  cyan,
  dim,
  green,
  red,
  wrapped,
  yellow,
  type Text,
} from "../../packages/runtime/src/terminal/text.ts";
import type { Check, Status } from "./check.ts";
import { ranges, type Verdict } from "./chapters.ts";

const MARKS: Readonly<Record<Status, Text>> = {
  ok: green("✓"),
  warning: yellow("!"),
  failed: red("✗"),
  skipped: dim("-"),
};
const WIDTH = 80;

function showCheck({ status, found, next }: Check, screen: Screen): void {
  showRow(screen, MARKS[status], found);
  if (next !== undefined) for (const line of wrapped(`    ${next}`, widthOf(screen))) screen.line(cyan(line));
}

/** Which chapters work, those that lack the same on one line. */
function showVerdicts(verdicts: readonly Verdict[], withWhat: string, screen: Screen): void {
  const all = verdicts.map(({ id }) => id);
  screen.line(bold(`\nChapters with ${withWhat}`));
  for (const [missing, members] of grouped(verdicts)) {
    const [first] = members;
    const mark = first?.works ? (missing === "" ? green("✓") : yellow("!")) : red("✗");
    const names =
      members.length === all.length
        ? "all"
        : ranges(
            members.map(({ id }) => id),
            all,
          );
    showRow(screen, mark, `${names}: ${missing || "work"}`);
  }
}

/** Those that lack nothing first, those that do not work last. */
function grouped(verdicts: readonly Verdict[]): Map<string, Verdict[]> {
  const rank = ({ works, missing }: Verdict) => (!works ? 2 : missing.length > 0 ? 1 : 0);
  const groups = new Map<string, Verdict[]>();
  for (const verdict of verdicts.toSorted((a, b) => rank(a) - rank(b))) {
    const missing = verdict.missing.join("; ");
    groups.set(missing, [...(groups.get(missing) ?? []), verdict]);
  }
  return groups;
}

function showRow(screen: Screen, mark: Text, text: string): void {
  const [first = "", ...rest] = wrapped(`    ${text}`, widthOf(screen));
  screen.line("  ", mark, first.slice(3));
  for (const line of rest) screen.line(line);
}

const widthOf = (screen: Screen) => Math.min(WIDTH, screen.width());

/** Where findings go, as they come. */
export interface Report {
  heading(text: string, note?: string): void;
  check(check: Check): void;
  /** What is under way. */
  work(what: string | undefined): void;
  end(found: Found): void;
}

interface Found {
  model: string;
  endpoint: string;
  /** False where the endpoint was not asked; nothing is known of the chapters then. */
  examined: boolean;
  checks: readonly Check[];
  chapters: readonly Verdict[];
}

export function onScreen(screen: Screen): Report {
  return {
    heading: (text, note = "") => screen.line(bold(text), dim(note)),
    check: (check) => showCheck(check, screen),
    work: (what) => screen.status(what),
    end: ({ examined, chapters, model, endpoint }) =>
      examined && showVerdicts(chapters, `${model} at ${endpoint}`, screen),
  };
}

export function asJson(print: (text: string) => void): Report {
  return {
    heading: () => {},
    check: () => {},
    work: () => {},
    end: (found) => print(JSON.stringify({ ok: isWell(found.checks), ...found }, undefined, 2)),
  };
}

export function isWell(checks: readonly Check[]): boolean {
  return checks.every(({ status }) => status !== "failed");
}
