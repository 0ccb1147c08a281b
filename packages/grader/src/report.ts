// What a learner reads: a line for each check, and for one that failed what was expected, what came, and where it is taught.
import { bold, dim, green, red, wrapped, yellow, type Screen, type Text } from "@course/runtime/terminal";
import type { FirstLook, Graded, GradedStage } from "./grade.ts";
import { shortened } from "./shortened.ts";
import type { Need } from "./tools.ts";

const LABEL = 10;
const INDENT = 6;
const WIDEST = 100;

export interface Totals {
  passed: number;
  failed: number;
  notOffered: number;
}

export function totalsOf(stages: readonly GradedStage[]): Totals {
  const all = stages.flatMap(({ checks }) => checks);
  const count = (status: Graded["status"]) => all.filter((check) => check.status === status).length;
  return { passed: count("passed"), failed: count("failed"), notOffered: count("not offered") };
}

export class Report {
  readonly #screen: Screen;
  readonly #width: number;
  /** Reasons and last lines that were told: one fault often makes many checks fail. */
  readonly #told = new Set<string>();

  constructor(screen: Screen) {
    this.#screen = screen;
    this.#width = Math.min(screen.width(), WIDEST);
  }

  /** What the first run showed. */
  firstLook(command: string, { problem, printed = [], tools, notes }: FirstLook): void {
    this.#rows("", bold, `Grading ${command}`);
    if (problem !== undefined) {
      this.#screen.line("");
      this.#rows("  ", red, problem);
      this.#labelled("printed", printed.length > 0 ? printed.map((line) => this.#cut(line)) : ["(nothing)"]);
      return;
    }
    const found = Object.entries(tools).map(([need, name]) => `${name} (${need as Need})`);
    this.#rows(
      "  ",
      dim,
      found.length > 0 ? `Tools found: ${found.join(", ")}` : "It offers no tool that a stage needs.",
    );
    for (const note of notes) this.#rows("  ", yellow, note);
  }

  stage({ name, about, checks }: GradedStage): void {
    const { passed, failed, notOffered } = totalsOf([{ name, about, checks }]);
    const count = failed + passed === 0 ? "not offered" : `${passed} of ${failed + passed}`;
    const title = `${name}: ${about}`;
    this.#screen.line("");
    this.#screen.line(
      bold(name),
      title.slice(name.length).padEnd(this.#width - name.length - count.length),
      failed > 0 ? red(count) : passed > 0 ? green(count) : dim(count),
    );
    if (passed + failed > 0) for (const check of checks) this.#check(check);
    if (notOffered === 0) return;
    const reasons = new Set(
      checks.flatMap(({ status, came }) => (status === "not offered" && came !== undefined ? [came] : [])),
    );
    for (const reason of reasons) this.#rows("    ", dim, `not offered: ${reason}`);
  }

  #check({ name, status, expected, came = "", why, printed = [], lesson }: Graded): void {
    if (status !== "failed")
      return this.#marked(
        status === "passed" ? green("✓") : dim("-"),
        name,
        status === "passed" ? plain : dim,
      );
    this.#marked(red("✗"), name, plain);
    this.#labelled("expected", [expected]);
    this.#labelled("came", [came]);
    if (why !== undefined) this.#labelled("why", [this.#isNew(why) ? why : "as above"]);
    if (printed.length > 0 && this.#isNew(printed.join("\n")))
      this.#labelled(
        "printed",
        printed.map((line) => this.#cut(line)),
      );
    this.#labelled("learn", [`docs/${lesson}`]);
  }

  /** What it comes to, and the next step. */
  end(stages: readonly GradedStage[]): void {
    const { passed, failed, notOffered } = totalsOf(stages);
    const rest = [
      failed > 0 ? `${failed} failed` : "",
      notOffered > 0 ? `${notOffered} not offered` : "",
    ].filter(Boolean);
    this.#screen.line("");
    this.#rows("", failed > 0 ? red : passed > 0 ? green : yellow, [`${passed} passed`, ...rest].join(", "));
    const next = nextStep(stages);
    if (next !== undefined) this.#rows("", plain, next);
  }

  #isNew(text: string): boolean {
    // Ids differ from run to run, and how the program ended after a refusal is no news.
    const key = text.replace(/\btoolu_\w+/g, "").split("; it ")[0] ?? "";
    const isNew = !this.#told.has(key);
    this.#told.add(key);
    return isNew;
  }

  #marked(mark: Text, name: string, style: (text: string) => Text): void {
    wrapped(name, this.#width - 4).forEach((row, at) =>
      this.#screen.line("  ", at === 0 ? mark : " ", " ", style(row)),
    );
  }

  #labelled(label: string, lines: readonly string[]): void {
    const rows = lines.flatMap((line) => wrapped(line, this.#width - INDENT - LABEL));
    rows.forEach((row, at) =>
      this.#screen.line(" ".repeat(INDENT), dim((at === 0 ? label : "").padEnd(LABEL)), row),
    );
  }

  /** One line of a program, as one row. */
  #cut(line: string): string {
    return shortened(line, this.#width - INDENT - LABEL);
  }

  #rows(indent: string, style: (text: string) => Text, text: string): void {
    for (const row of wrapped(text, this.#width - indent.length)) this.#screen.line(indent, style(row));
  }
}

const plain = (text: string): Text => text;

function nextStep(stages: readonly GradedStage[]): string | undefined {
  for (const { name, checks } of stages) {
    const failed = checks.find(({ status }) => status === "failed");
    if (failed)
      return `Begin with the first ✗ of ${name}, and read docs/${failed.lesson}. --stage ${name} runs that stage alone.`;
  }
  return stages.every(({ checks }) => checks.every(({ status }) => status === "not offered"))
    ? "Nothing was graded: it offers no tool that these stages need. docs/grade.md says what a tool must look like."
    : undefined;
}
