// A question to the user: how it is shown, and which lines answer it. A key that was pressed before the
// question had stood on the screen for a moment was meant for something else, and answers nothing.
import type { Answer, Question } from "../conversation/question.ts";
import { visible } from "./control-characters.ts";
import type { TypedLine } from "./requests.ts";
import type { Screen } from "./screen.ts";
import { cyan, dim, green, red, yellow, type Text } from "./text.ts";

/** How long a question stands, and no key is pressed, before keys answer it. */
export const STAND_MS = 300;

/** Stands before what is asked about. */
const MARK = "│ ";

const NO_ANSWER: Answer = { refused: "The user gave no answer" };

/** Shows a question, what it would change, and its choices. Its text is shown to the last character. */
export function showQuestion({ text, diff = [], choices }: Question, screen: Screen): void {
  const [first = "", ...rest] = visible(text).split("\n");
  screen.line(yellow(first));
  // A line of the command, or a row of one that is wrapped, must not look like a line of ours, such as a choice.
  const marked = (line: string, style: (text: string) => Text) => {
    for (const row of screen.rowsOf(line, MARK.length)) screen.line(dim(MARK), style(row));
  };
  for (const line of rest) marked(line, yellow);
  for (const line of diff) marked(visible(line).replaceAll("\n", "\\n"), styleOf(line));
  for (const [index, choice] of choices.entries())
    screen.line(`  ${index + 1}  ${visible(choice).replaceAll("\n", "\\n")}`);
}

function styleOf(line: string): (text: string) => Text {
  if (line.startsWith("+")) return green;
  return line.startsWith("-") ? red : dim;
}

export class OpenQuestion {
  /** Resolves when the question is answered, or given up. */
  readonly answer: Promise<Answer>;
  readonly #question: Question;
  readonly #screen: Screen;
  #resolve: (answer: Answer) => void = () => {};
  #isOpen = false;
  /** The choice that was made, while words of the user's own are asked for. */
  #chosen: string | undefined;

  constructor(question: Question, screen: Screen) {
    this.#question = question;
    this.#screen = screen;
    this.answer = new Promise((resolve) => (this.#resolve = resolve));
  }

  /** What stands before the answer that is being typed; undefined while nothing is taken. */
  get prompt(): Text | undefined {
    if (!this.#isOpen) return undefined;
    return cyan(this.#chosen === undefined ? "? " : "in your words: ");
  }

  /** From now on lines answer. */
  open(): void {
    this.#isOpen = true;
    this.#showPrompt();
  }

  /** Takes a line that was typed since the question was shown; false if it is not for the question. */
  take({ text, pastedAt }: TypedLine): boolean {
    const line = text.trim();
    const { choices, withText } = this.#question;
    const chosen = choices.find((choice, index) => answers(line.toLowerCase(), choice, index));
    if (!this.#isOpen) {
      if (chosen !== undefined) this.#screen.line(`Too soon after the question: ${line} is no answer yet.`);
      return chosen !== undefined;
    }
    // A terminal that cannot redraw has echoed the line itself.
    if (this.#screen.isLive) this.#screen.line(this.prompt ?? "", line);
    if (this.#chosen !== undefined) return this.#settle({ choice: this.#chosen, text: line });
    if (pastedAt !== undefined) this.#screen.line("What is pasted is no answer. Type the number.");
    else if (chosen === undefined)
      this.#screen.line(`Type ${choices.length === 2 ? "1 or 2" : `a number from 1 to ${choices.length}`}.`);
    else if (chosen === withText) this.#chosen = chosen;
    else return this.#settle({ choice: chosen });
    this.#showPrompt();
    return true;
  }

  #settle(answer: Answer): true {
    this.#resolve(answer);
    return true;
  }

  #showPrompt(): void {
    this.#screen.prompt(this.prompt ?? "");
  }

  giveUp(): void {
    this.#resolve(NO_ANSWER);
  }
}

function answers(line: string, choice: string, index: number): boolean {
  return line === String(index + 1) || (line !== "" && choice.toLowerCase().startsWith(line));
}
