// The prompt for a person. The terminal stays in raw mode while a run is under way, so that
// Ctrl-C reaches this program alone, and lines that are typed meanwhile are queued.
import { clearScreenDown, createInterface, cursorTo, moveCursor, type Interface } from "node:readline";
import { Writable } from "node:stream";
import { run } from "../run.ts";
import type { Answer, Question } from "../session.ts";
import { promptList } from "./banner.ts";
import { promptFor } from "./chapter.ts";
import { Commands } from "./commands.ts";
import type { TerminalContext } from "./one-shot.ts";
import { Renderer } from "./renderer.ts";
import type { Screen } from "./style.ts";

export class Repl {
  readonly #context: TerminalContext;
  readonly #screen: Screen;
  readonly #commands: Commands;
  readonly #renderer: Renderer;
  readonly #output: QuietOutput;
  readonly #readline: Interface;
  readonly #queue: string[] = [];
  #answering: ((line: string) => void) | undefined;
  #running = false;
  #woken = false;
  #leaveArmed = false;

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
    const { agent } = this.#context.program;
    const statuses = agent.extensions.flatMap((extension) => extension.status?.() ?? []);
    const status = statuses.length > 0 ? ` (${statuses.join(", ")})` : "";
    const { cyan, dim } = this.#screen.colors;
    this.#output.muted = false;
    this.#renderer.line("");
    this.#readline.setPrompt(`${cyan(agent.name)}${dim(status)} > `);
    this.#readline.prompt(true);
  }

  #takeLine(line: string): void {
    this.#leaveArmed = false;
    if (this.#answering) {
      const answer = this.#answering;
      this.#answering = undefined;
      return answer(line);
    }
    this.#queue.push(line.trim());
    void this.#work();
  }

  /** Serves what is queued, then wakes that came meanwhile, then shows the prompt. */
  async #work(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    this.#output.muted = true;
    while (this.#queue.length > 0 || this.#woken) {
      const line = this.#queue.shift();
      if (line === undefined) {
        this.#woken = false;
        await this.#runAgent();
      } else if (line.startsWith("/")) {
        const text = await this.#commands.run(line);
        if (text !== "") this.#renderer.line(text);
      } else if (line !== "") {
        const prompt = promptFor(line, this.#context.card);
        if (prompt !== line) this.#renderer.line(this.#screen.colors.dim(prompt));
        await this.#runAgent(prompt);
      }
    }
    this.#running = false;
    this.#prompt();
  }

  async #runAgent(prompt?: string): Promise<void> {
    // What woke us is told to the model by this very run.
    this.#woken = false;
    await run(this.#context.program.agent, this.#context.program.session, prompt);
    this.#renderer.endLine();
  }

  #wake(reason: string): void {
    this.#woken = true;
    if (this.#running) return;
    const typing = this.#readline.line !== "";
    this.#clearPrompt();
    this.#renderer.line(
      this.#screen.colors.dim(typing ? `◆ ${reason}; it will be told with your next line.` : `◆ ${reason}`),
    );
    if (typing) this.#prompt();
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

  #ctrlC(): void {
    if (this.#answering) return this.#takeLine("");
    if (this.#leaveArmed) return void this.#leave();
    this.#leaveArmed = true;
    if (this.#running) {
      this.#queue.length = 0;
      return this.#context.program.session.interrupt();
    }
    const hadText = this.#readline.line !== "";
    if (hadText) this.#readline.write(null, { ctrl: true, name: "e" });
    if (hadText) this.#readline.write(null, { ctrl: true, name: "u" });
    this.#leaveArmed = !hadText;
    if (!hadText) this.#renderer.line("\nPress Ctrl-C again, or Ctrl-D, to leave.");
    if (hadText && this.#woken) void this.#work();
    else this.#prompt();
  }

  async #leave(): Promise<void> {
    this.#output.muted = true;
    this.#renderer.endLine();
    this.#screen.write("\n");
    await this.#context.program.leave(0);
  }

  /** Shows a question with numbered choices and waits for the line that answers it. */
  async #ask(question: Question): Promise<Answer> {
    const choices = question.choices.map((choice, index) => `  ${index + 1}  ${choice}`);
    this.#renderer.line([this.#screen.colors.yellow(question.text), ...choices].join("\n"));
    for (;;) {
      this.#output.muted = false;
      this.#readline.setPrompt("? ");
      this.#readline.prompt();
      const line = (await new Promise<string>((resolve) => (this.#answering = resolve))).trim().toLowerCase();
      this.#output.muted = true;
      if (line === "") return { refused: "The user gave no answer." };
      const chosen = question.choices.find(
        (choice, index) => line === String(index + 1) || choice.toLowerCase().startsWith(line),
      );
      if (chosen !== undefined) return { choice: chosen };
    }
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
