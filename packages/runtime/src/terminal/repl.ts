// The prompt for a person. It waits for a line, or runs; and in both somebody may ask: a call of this run, or a
// teammate (s15). The terminal stays in raw mode, so that Ctrl-C reaches this program alone, and what is typed is seen.
import type { Answer, Question } from "../conversation/question.ts";
import { run } from "../run.ts";
import { queuedNotes, showPrompts, statusLabel } from "./banner.ts";
import { Commands, saidIn } from "./commands.ts";
import { LineEditor } from "./line-editor.ts";
import type { TerminalContext } from "./one-shot.ts";
import { oneLine } from "./previews.ts";
import { OpenQuestion, showQuestion, STAND_MS } from "./questions.ts";
import { Renderer } from "./renderer.ts";
import { completionsOf, requestOf, type PromptRequest, type TypedLine } from "./requests.ts";
import type { Footer, Screen } from "./screen.ts";
import { prepare } from "./try-it.ts";
import { cut, cyan, dim, type Text } from "./text.ts";

const TWICE_MS = 2_000;

export class Repl {
  readonly #context: TerminalContext;
  readonly #screen: Screen;
  readonly #commands: Commands;
  readonly #renderer: Renderer;
  readonly #editor: LineEditor;
  readonly #queue: TypedLine[] = [];
  /** The prompts that were run. */
  readonly #served: string[] = [];
  #state: "prompt" | "running" = "running";
  #asking: OpenQuestion | undefined;
  #label: Text = "";
  #woken = false;
  /** After an interrupt or a failure nothing runs by itself until the user says something. */
  #paused = false;
  #ctrlCAt = 0;
  #questions: Promise<unknown> = Promise.resolve();

  constructor(context: TerminalContext, screen: Screen) {
    const { program, workspace } = context;
    const { agent, session, secrets } = program;
    this.#context = context;
    this.#screen = screen;
    this.#renderer = new Renderer(screen, session);
    const quit = () => this.#leave();
    this.#commands = new Commands({ agent, session, workspace, renderer: this.#renderer, secrets, quit });
    this.#editor = new LineEditor({
      input: process.stdin,
      output: process.stdout,
      isLive: screen.isLive && process.stdin.isTTY,
      complete: (start) => this.#complete(start),
      onLine: (line) => this.#take(line),
      onKey: () => screen.typed(),
      onClear: () => screen.clear(),
      onInterrupt: () => this.#ctrlC(),
      onSuspend: () => this.#suspend(),
      onClose: () => this.#leave(),
    });
  }

  /** Shows the prompt and serves it until the program is left; `first` is served before what is typed. */
  async run(first?: string): Promise<void> {
    const { program, card } = this.#context;
    const { session } = program;
    showPrompts(card, this.#screen);
    process.on("SIGINT", () => this.#ctrlC());
    process.on("SIGCONT", () => this.#resume());
    session.human = (question) => this.#ask(question);
    session.on((event) => {
      if (event.type === "wake") this.#wake(event.reason);
    });
    // Extensions may ask while they start: what is typed then must be seen, too.
    this.#screen.footer = () => this.#footer();
    await program.start();
    if (first !== undefined) this.#screen.line("");
    if (first !== undefined) this.#queue.unshift({ text: first });
    await this.#work();
    // Loading the SDK takes a moment that the learner spends reading.
    setTimeout(() => void session.model.sdk().catch(() => {}), 50);
  }

  #footer(): Footer {
    const { line, cursor } = this.#editor;
    const name = cyan(this.#context.program.agent.name);
    const notes = queuedNotes(this.#queue, this.#screen.width());
    const asked = this.#asking?.prompt;
    if (asked !== undefined) return { notes, input: { prompt: [asked], line, cursor } };
    if (this.#isAtPrompt) return { notes, input: { prompt: [name, this.#label, " > "], line, cursor } };
    return line === "" ? { notes } : { notes, input: { prompt: [name, " > "], line, cursor } };
  }

  get #isAtPrompt(): boolean {
    return this.#state === "prompt" && !this.#asking;
  }

  #prompt(): void {
    if (this.#context.program.session.isClosed) return;
    this.#state = "prompt";
    this.#label = statusLabel(this.#context.program.agent, this.#screen);
    if (this.#asking) return;
    this.#screen.line("");
    this.#screen.prompt([cyan(this.#context.program.agent.name), this.#label, " > "]);
  }

  #take(line: TypedLine): void {
    if (this.#asking?.take(line)) return;
    this.#queue.push(line);
    if (this.#isAtPrompt) void this.#work();
    else this.#screen.draw();
  }

  /** Serves what is queued, then wakes that came meanwhile, then shows the prompt. */
  async #work(): Promise<void> {
    this.#state = "running";
    const { session } = this.#context.program;
    while ((this.#queue.length > 0 || (this.#woken && !this.#paused)) && !session.isClosed) {
      const line = this.#queue.shift();
      if (line) await this.#serve(line);
      else await this.#runAgent();
      if (this.#queue.length > 0) this.#screen.line("");
    }
    this.#prompt();
  }

  async #serve(line: TypedLine): Promise<void> {
    // A terminal that cannot redraw has echoed the line itself.
    if (this.#screen.isLive)
      this.#screen.line(cyan(this.#context.program.agent.name), this.#label, ` > ${line.text}`);
    const request = requestOf(line, this.#commands.names, this.#context.card);
    if (request.kind === "mistake") this.#screen.line(request.message);
    if (request.kind === "command") {
      const result = await this.#commands.run(request.name, request.argument);
      if (typeof result !== "string" && "prompt" in result) {
        this.#screen.line(dim(cut(oneLine(result.prompt), this.#screen.width())));
        await this.#runAgent(result.prompt);
      } else if (saidIn(result) !== "") this.#screen.line(saidIn(result));
    }
    if (request.kind === "prompt") await this.#servePrompt(line, request);
  }

  async #servePrompt(line: TypedLine, { text, note, entry }: PromptRequest): Promise<void> {
    const needs = await prepare({ entry, line }, this.#context, this.#served, this.#commands, this.#screen);
    if (needs.flags.length > 0) {
      this.#screen.close();
      this.#editor.giveTerminal();
      return this.#context.program.restart([...needs.flags, "--try", line.text.trim()]);
    }
    if (needs.lines.length > 0)
      return void this.#queue.unshift(...needs.lines, { ...line, isPrepared: true });
    if (note !== undefined) this.#screen.line(dim(note));
    this.#served.push(text);
    await this.#runAgent(text);
  }

  async #runAgent(prompt?: string): Promise<void> {
    const { agent, session } = this.#context.program;
    // What woke us is told to the model by this very run.
    this.#woken = false;
    const { ending } = await run(agent, session, prompt);
    this.#paused = ending !== "completed";
    this.#screen.endLine();
  }

  #wake(reason: string): void {
    this.#woken = true;
    if (!this.#isAtPrompt) return;
    const waits = this.#paused || this.#editor.line !== "";
    const when = waits ? "; the model will be told with your next line." : "";
    this.#screen.line(dim(`◆ ${oneLine(reason)}${when}`));
    if (waits) this.#prompt();
    else void this.#work();
  }

  /** Stops what runs, or clears the line; twice within two seconds, leaves. */
  #ctrlC(): void {
    if (this.#isAtPrompt && this.#editor.line !== "") return this.#clearLine();
    const again = Date.now() - this.#ctrlCAt < TWICE_MS;
    this.#ctrlCAt = Date.now();
    if (again) return this.#leave();
    if (this.#isAtPrompt) {
      this.#screen.line("Press Ctrl-C again, or Ctrl-D, to leave.");
      return this.#prompt();
    }
    const dropped = this.#queue.splice(0).length;
    if (dropped > 0) this.#screen.line(dim(`${dropped} queued line${dropped === 1 ? "" : "s"} dropped.`));
    this.#asking?.giveUp();
    this.#context.program.session.interrupt();
  }

  #clearLine(): void {
    this.#editor.clear();
    if (this.#woken && !this.#paused) void this.#work();
    else this.#screen.draw();
  }

  #leave(): void {
    this.#screen.close();
    void this.#context.program.leave(0);
  }

  /** Ctrl-Z: npm, which has the terminal, must stop with us, or the shell would not come back. */
  #suspend(): void {
    this.#screen.leave();
    this.#editor.giveTerminal();
    process.kill(0, "SIGTSTP");
    // Where no shell could bring us back, the system does not stop us, and nothing tells us to go on.
    setTimeout(() => this.#resume(), 100);
  }

  #resume(): void {
    this.#editor.takeTerminal();
    this.#screen.draw();
  }

  async #complete(start: string): Promise<[string[], string]> {
    if (this.#asking) return [[], start];
    const [words, word] = await completionsOf(start, this.#commands, this.#context.card);
    // Readline completes what they have in common; where that is nothing more, the choice is the user's.
    const next = new Set(words.map((candidate) => candidate[word.length]));
    if (next.size > 1) this.#screen.line(dim(words.join("  ")));
    return [words, word];
  }

  /** One question at a time. */
  #ask(question: Question): Promise<Answer> {
    const answer = this.#questions.then(() => this.#askNow(question));
    this.#questions = answer;
    return answer;
  }

  async #askNow(question: Question): Promise<Answer> {
    const { session } = this.#context.program;
    const signals = [question.signal, question.isBeside ? undefined : session.signal];
    const signal = AbortSignal.any(signals.filter((one) => one !== undefined));
    const asked = new OpenQuestion(question, this.#screen);
    this.#asking = asked;
    signal.addEventListener("abort", () => asked.giveUp(), { once: true });
    if (signal.aborted) asked.giveUp();
    this.#renderer.hold();
    showQuestion(question, this.#screen);
    await this.#editor.quiet(STAND_MS, signal);
    const line = this.#editor.setAside();
    asked.open();
    this.#screen.draw();
    const answer = await asked.answer;
    this.#editor.putBack(line);
    this.#asking = undefined;
    this.#renderer.release();
    if (this.#state === "prompt") void this.#work();
    return answer;
  }
}
