// What the model is sent, message by message: /messages lists them, /messages 3 shows one whole, and --step
// pauses before each call to show what grew since the last one.
import { blocksOf, type Message, type Prefix } from "../conversation/message.ts";
import type { Session } from "../conversation/session.ts";
import type { Extension } from "../extension.ts";
import { ToolError } from "../errors.ts";
import { shortened } from "../shortened.ts";

type Block = ReturnType<typeof blocksOf>[number];

const LINE = 100;

/** Remembers what was shown last, so that what is new can be marked. */
class MessageView {
  #prefix: Prefix | undefined;
  #deferred: readonly Prefix["tools"][number][] = [];
  /** Blocks that have been shown, by their message. A message that was replaced is new. */
  readonly #seen = new WeakSet<Block>();

  watch(session: Session): void {
    session.on((event) => {
      if (event.type === "prefix") this.#prefix = { system: event.system, tools: [...event.tools] };
      if (event.type === "deferred_tools") this.#deferred = event.tools;
    });
  }

  /** All messages, a line for each block; what was added since the last look has a plus sign. */
  list({ messages }: Session): string {
    const rows = messageRows(messages, (block) => this.#mark(block));
    return [...this.#head(), ...(rows.length > 0 ? rows : ["No messages yet."])].join("\n");
  }

  /** One message as the API reads it. */
  one({ messages }: Session, which: string): string {
    if (which === "system") return this.#prefix?.system ?? "No request was sent yet.";
    if (which === "tools")
      return JSON.stringify([...(this.#prefix?.tools ?? []), ...this.#deferred], null, 2);
    const message = /^\d+$/.test(which) ? messages[Number(which)] : undefined;
    if (message) return JSON.stringify(message, null, 2);
    const there = messages.length === 0 ? "" : `0 to ${messages.length - 1}, `;
    throw new ToolError(`There is no message ${which}. There are ${there}system and tools.`);
  }

  /** What was added since the last look. */
  grown({ messages }: Session): string {
    const rows = messages.flatMap((message, index) =>
      blocksOf(message).flatMap((block) =>
        this.#seen.has(block)
          ? []
          : [`+ ${index} ${message.role}: ${this.#mark(block) && cut(describe(block))}`],
      ),
    );
    const all = messages.length === 1 ? "1 message" : `${messages.length} messages`;
    const same = messages.length === 0 ? "" : `  (${all} in all)`;
    return [...rows, same].filter(Boolean).join("\n");
  }

  #mark(block: Block): string {
    if (this.#seen.has(block)) return " ";
    this.#seen.add(block);
    return "+";
  }

  #head(): string[] {
    if (!this.#prefix) return [];
    const { system, tools } = this.#prefix;
    const later = this.#deferred.length === 0 ? "" : `; ${this.#deferred.length} more are loaded when needed`;
    return [
      `     system: ${system.length.toLocaleString("en")} characters (/messages system)`,
      `     tools: ${tools.map(({ name }) => name).join(", ")}${later} (/messages tools)`,
    ];
  }
}

/** /messages for every chapter; with `steps`, a pause before each model call, which shows what the request adds. */
export function inspection(steps: boolean): Extension {
  const view = new MessageView();
  return {
    name: "inspection",
    commands: {
      messages: {
        description: "shows what the model is sent; /messages 3, system or tools shows one whole",
        complete: () => ["system", "tools"],
        run: (which, session) => (which === "" ? view.list(session) : view.one(session, which)),
      },
    },
    start: (session) => view.watch(session),
    ...(steps && { beforeModel: (session) => pause(session, view) }),
  };
}

async function pause(session: Session, view: MessageView): Promise<void> {
  if (!session.hasNews) return;
  const answer = await session.ask({
    text: `The next request adds:\n${view.grown(session)}`,
    choices: ["Send it", "Stop"],
    withoutHuman: "--step needs somebody at the prompt.",
  });
  if ("refused" in answer && !session.signal.aborted) throw new Error(answer.refused);
  if (!("choice" in answer) || answer.choice !== "Send it") session.interrupt();
  session.signal.throwIfAborted();
}

/** Each message with a line for each of its blocks; `mark` is one character. */
export function messageRows(messages: readonly Message[], mark: (block: Block) => string): string[] {
  return messages.flatMap((message, index) => [
    `${String(index).padStart(3)}  ${message.role}`,
    ...blocksOf(message).map((block) => `${mark(block)}      ${cut(describe(block))}`),
  ]);
}

function describe(block: Block): string {
  switch (block.type) {
    case "text":
      return `text: ${block.text}`;
    case "thinking":
      return `thinking: ${block.thinking || "(not shown)"}`;
    case "tool_use":
      return `tool_use ${block.name} ${JSON.stringify(block.input)}`;
    case "tool_result":
      return `tool_result${block.is_error ? " (error)" : ""}: ${typeof block.content === "string" ? block.content : JSON.stringify(block.content)}`;
    default:
      return block.type;
  }
}

function cut(text: string): string {
  return shortened(text.replace(/\s+/g, " "), LINE);
}
