// One conversation of an editor: the same session and agent as in the terminal, with the editor as its screen.
// Not covered: questions while it is opened, as for a project's hooks. The editor does not know the session's id by then,
// so they are refused, and --trust in the editor's settings takes their place.
import {
  methods,
  RequestError,
  type AgentContext,
  type SessionUpdate,
  type StopReason,
} from "@agentclientprotocol/sdk";
import {
  run,
  Session,
  Workspace,
  type Agent,
  type ChapterModule,
  type FlagValues,
  type ModelClient,
  type RunOutcome,
} from "@course/runtime";
import { askEditor } from "./questions.ts";
import { updatesOf } from "./updates.ts";

export interface Opening {
  model: ModelClient;
  createAgent: ChapterModule["createAgent"];
  folder: string;
  values: FlagValues;
}

export class EditorSession {
  readonly session: Session;
  readonly #agent: Agent;
  readonly #client: AgentContext;
  /** One run after the other. */
  #last: Promise<unknown> = Promise.resolve();
  /** Aborted when the editor cancels: for the prompts that wait by then. */
  #waiting = new AbortController();

  private constructor(client: AgentContext, session: Session, agent: Agent) {
    this.#client = client;
    this.session = session;
    this.#agent = agent;
  }

  /** Throws an Error that says what is wrong with the folder, the flags or the session. */
  static async open(
    client: AgentContext,
    { model, createAgent, folder, values }: Opening,
  ): Promise<EditorSession> {
    const workspace = new Workspace(folder);
    const session = new Session(model);
    const opened = new EditorSession(client, session, createAgent(workspace, values));
    try {
      for (const extension of opened.#agent.extensions) await extension.start?.(session, opened.#agent);
    } catch (error) {
      // What has started holds locks, which the next try needs.
      await opened.close();
      throw error;
    }
    opened.#follow(workspace.root);
    return opened;
  }

  get id(): string {
    return this.session.id;
  }

  send(update: SessionUpdate): void {
    // An editor that is gone reads nothing; its end is noticed elsewhere.
    this.#client.notify(methods.client.session.update, { sessionId: this.id, update }).catch(() => {});
  }

  /** Runs a prompt to the model's last word. Rejects with what the user should read where the run fails. */
  async prompt(text: string): Promise<StopReason> {
    const outcome = await this.#run(text);
    if (outcome === "cancelled") return outcome;
    if (outcome.stopReason === "failed") throw RequestError.internalError(undefined, outcome.answer);
    return stopReasonOf(outcome);
  }

  /** Ends what runs, and prompts that wait for it. */
  cancel(): void {
    this.#waiting.abort();
    this.#waiting = new AbortController();
    this.session.interrupt();
  }

  async close(): Promise<void> {
    this.session.close();
    await Promise.allSettled(this.#agent.extensions.map(async (extension) => extension.stop?.()));
  }

  /** As soon as nothing else runs. Without a text, for a wake, which outlives what is cancelled. */
  #run(text?: string): Promise<RunOutcome | "cancelled"> {
    const { signal } = this.#waiting;
    const isCancelled = () => text !== undefined && signal.aborted;
    const next = this.#last.then<RunOutcome | "cancelled">(() =>
      isCancelled() ? "cancelled" : run(this.#agent, this.session, text),
    );
    this.#last = next;
    return next;
  }

  #follow(root: string): void {
    let call: string | undefined;
    this.session.on((event) => {
      if (event.type === "tool_started") call = event.id;
      // A background task ended, a schedule fired: the model goes on, and the editor shows it.
      if (event.type === "wake") void this.#run();
      for (const update of updatesOf(event, root)) this.send(update);
    });
    this.session.human = (question) => askEditor(this.#client, this.id, call, question);
  }
}

/** Why a run ended, in the editor's words. */
export function stopReasonOf({ ending, stopReason }: RunOutcome): StopReason {
  if (ending === "interrupted") return "cancelled";
  switch (stopReason) {
    case "max_turns":
      return "max_turn_requests";
    case "max_tokens":
    case "model_context_window_exceeded":
      return "max_tokens";
    case "refusal":
    case "refused":
      return "refusal";
    default:
      return "end_turn";
  }
}
