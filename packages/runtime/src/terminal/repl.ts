// The prompt for a person. The terminal stays in raw mode while a run is under way, so that
// Ctrl-C reaches this program alone, and lines that are typed meanwhile are queued.
import { clearScreenDown, createInterface, cursorTo, moveCursor, type Interface } from "node:readline";
import { Writable } from "node:stream";
import { run } from "../run.ts";
import type { Answer, Question } from "../conversation/session.ts";
import { promptList } from "./banner.ts";
import { missingPrompt, promptFor } from "./chapter.ts";
import { Commands } from "./commands.ts";
import type { TerminalContext } from "./one-shot.ts";
import { Renderer } from "./renderer.ts";
import { folded, type Screen } from "./style.ts";

const TWICE_MS = 2_000;

export class Repl {
  readonly #context: TerminalContext;
  readonly #screen: Screen;
  readonly #commands: Commands;
  readonly #renderer: Renderer;
  readonly #output: QuietOutput;
  readonly #readline: Interface;
  readonly #queue: string[] = [];
  #answering: ((line: string) => void) | undefined;
  /** Lines that arrived while a question is open and were not read yet; undefined while none is. */
  #answers: string[] | undefined;
  #running = false;
  #woken = false;
  /** Lines that were typed while something ran. */
  readonly #later = new Set<string>();
  /** After an interrupt or a failure nothing runs by itself until the user says something. */
  #paused = false;
  #ctrlCAt = 0;
  #questions: Promise<unknown> = Promise.resolve();

  constructor(context: TerminalContext, screen: Screen) {
    const { program, workspace } = context;
    this.#context = context;
    this.#screen = screen;
    this.#renderer = new Renderer(screen, program.session);
    this.#commands = new Commands({
      agent: program.agent,
      session: program.session,
      workspace,
      quit: () => void program.leave(0),
    });
    this.#output = new QuietOutput(process.stdout);
    const isTerminal = screen.terminal !== undefined && process.stdin.isTTY;
    this.#readline = createInterface({ input: process.stdin, output: this.#output, terminal: isTerminal });
  }

  /** Shows the prompt and serves it until the program is left. */
  async run(): Promise<void> {
    const { program, card } = this.#context;
    const { session } = program;
    this.#renderer.line(promptList(card, this.#screen));
    this.#readline.on("line", (line) => this.#takeLine(line));
    this.#readline.on("SIGINT", () => this.#ctrlC());
    // Ctrl-Z would stop this process and not npm, which has the terminal: nothing would answer any more.
    this.#readline.on("SIGTSTP", () => {});
    this.#readline.on("close", () => void this.#leave());
    process.on("SIGINT", () => this.#ctrlC());
    session.setHuman((question) => this.#ask(question));
    session.on((event) => {
      if (event.type === "wake") this.#wake(event.reason);
    });
    await program.start();
    this.#prompt();
    // Loading the SDK takes a moment that the learner spends reading.
    setTimeout(() => void session.model.sdk().catch(() => {}), 50);
  }

  #prompt(): void {
    const { agent, session } = this.#context.program;
    if (session.isClosed) return;
    const statuses = agent.extensions.flatMap((extension) => extension.status?.() ?? []);
    const status = statuses.length > 0 ? ` (${statuses.join(", ")})` : "";
    const { cyan, dim } = this.#screen.colors;
    this.#output.muted = false;
    this.#renderer.line("");
    this.#readline.setPrompt(`${cyan(agent.name)}${dim(status)} > `);
    this.#readline.prompt(true);
  }

  #takeLine(line: string): void {
    if (this.#answers) return this.#answer(line);
    if (this.#running) this.#later.add(line);
    this.#queue.push(line);
    void this.#work();
  }

  /** Serves what is queued, then wakes that came meanwhile, then shows the prompt. */
  async #work(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    this.#output.muted = true;
    const { agent, session } = this.#context.program;
    while ((this.#queue.length > 0 || (this.#woken && !this.#paused)) && !session.isClosed) {
      const typed = this.#queue.shift();
      const line = typed?.trim();
      // What was typed during a run was not shown then.
      if (typed !== undefined && this.#later.delete(typed)) this.#renderer.line(`\n${agent.name} > ${line}`);
      if (line === undefined) {
        await this.#runAgent();
      } else if (line.startsWith("/")) {
        const text = await this.#commands.run(line);
        if (text !== "") this.#renderer.line(folded(text, this.#screen.width()));
      } else if (line !== "") {
        const missing = missingPrompt(line, this.#context.card);
        if (missing !== undefined) {
          this.#renderer.line(missing);
          continue;
        }
        const prompt = promptFor(line, this.#context.card);
        if (prompt !== line) this.#renderer.line(this.#screen.colors.dim(prompt));
        await this.#runAgent(prompt);
      }
    }
    this.#running = false;
    this.#prompt();
  }

  async #runAgent(prompt?: string): Promise<void> {
    const { agent, session } = this.#context.program;
    // What woke us is told to the model by this very run.
    this.#woken = false;
    const { ending } = await run(agent, session, prompt);
    this.#paused = ending !== "completed";
    this.#renderer.endLine();
  }

  #wake(reason: string): void {
    this.#woken = true;
    if (this.#running) return;
    const waits = this.#paused || this.#readline.line !== "";
    this.#clearPrompt();
    const when = waits ? "; the model will be told with your next line." : "";
    this.#renderer.line(this.#screen.colors.dim(`◆ ${reason}${when}`));
    if (waits) this.#prompt();
    else void this.#work();
  }

  #clearPrompt(): void {
    const { terminal } = this.#screen;
    if (!terminal) return;
    const { rows } = this.#readline.getCursorPos();
    moveCursor(terminal, 0, -rows);
    cursorTo(terminal, 0);
    clearScreenDown(terminal);
  }

  /** Stops what runs, or clears the line; twice within two seconds, leaves. */
  #ctrlC(): void {
    if (!this.#running && this.#readline.line !== "") return this.#clearLine();
    const again = Date.now() - this.#ctrlCAt < TWICE_MS;
    this.#ctrlCAt = Date.now();
    if (again) return void this.#leave();
    if (this.#running) {
      this.#queue.length = 0;
      this.#context.program.session.interrupt();
      if (this.#answers) this.#answer("");
      return;
    }
    this.#renderer.line("\nPress Ctrl-C again, or Ctrl-D, to leave.");
    this.#prompt();
  }

  #clearLine(): void {
    this.#readline.write(null, { ctrl: true, name: "e" });
    this.#readline.write(null, { ctrl: true, name: "u" });
    if (this.#woken && !this.#paused) void this.#work();
  }

  async #leave(): Promise<void> {
    this.#output.muted = true;
    this.#renderer.endLine();
    this.#screen.write("\n");
    await this.#context.program.leave(0);
  }

  /** Shows a question with numbered choices and waits for the line that answers it; one question at a time. */
  #ask(question: Question): Promise<Answer> {
    const answer = this.#questions.then(() => this.#askNow(question));
    this.#questions = answer;
    return answer;
  }

  async #askNow(question: Question): Promise<Answer> {
    const choices = question.choices.map((choice, index) => `  ${index + 1}  ${choice}`);
    const { session } = this.#context.program;
    this.#renderer.hold();
    this.#screen.write(`${[this.#screen.colors.yellow(question.text), ...choices].join("\n")}\n`);
    this.#answers = [];
    const answer = await this.#readAnswer(question);
    this.#answers = undefined;
    this.#renderer.release();
    return session.signal.aborted ? { refused: "The user gave no answer" } : answer;
  }

  async #readAnswer(question: Question): Promise<Answer> {
    const { session } = this.#context.program;
    while (!session.signal.aborted) {
      const line = (await this.#answerLine("? ")).toLowerCase();
      const chosen = question.choices.find(
        (choice, index) =>
          line === String(index + 1) || (line !== "" && choice.toLowerCase().startsWith(line)),
      );
      if (chosen === undefined) {
        if (!session.signal.aborted)
          this.#screen.write(`Type a number from 1 to ${question.choices.length}.\n`);
        continue;
      }
      if (chosen !== question.withText) return { choice: chosen };
      return { choice: chosen, text: await this.#answerLine("in your words: ") };
    }
    return { refused: "The user gave no answer" };
  }

  async #answerLine(prompt: string): Promise<string> {
    this.#output.muted = false;
    this.#readline.setPrompt(prompt);
    this.#readline.prompt();
    const line =
      this.#answers?.shift() ?? (await new Promise<string>((resolve) => (this.#answering = resolve)));
    this.#output.muted = true;
    return line.trim();
  }

  /** Pasted lines arrive together: each answers what is asked next. */
  #answer(line: string): void {
    const resolve = this.#answering;
    this.#answering = undefined;
    if (resolve) resolve(line);
    else this.#answers?.push(line);
  }
}

/** Readline's output, which can be silenced: what is typed during a run is kept, not shown. */
class QuietOutput extends Writable {
  muted = false;
  readonly #stream: NodeJS.WriteStream;

  constructor(stream: NodeJS.WriteStream) {
    super();
    this.#stream = stream;
    stream.on("resize", () => this.emit("resize"));
  }

  get columns(): number {
    return this.#stream.columns ?? 80;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    if (!this.muted) this.#stream.write(chunk);
    done();
  }
}
