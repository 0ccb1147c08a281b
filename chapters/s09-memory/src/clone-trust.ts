// Memories that came with the repository count only after the user has seen exactly these and said yes. Otherwise
// whoever can push to it could speak to the model in the user's name, in each later session.
import type { Session, Workspace } from "@course/runtime";
import { Trust, type TrustRequest } from "@course/s07-permissions";
import { FOLDER, type Memory, type MemoryStore } from "./memory-store.ts";
import { trackedFiles } from "./tracked.ts";

const YES = "Yes, I trust exactly these";
const NO = "No, go on without them";

export class CloneTrust {
  readonly #workspace: Workspace;
  readonly #store: MemoryStore;
  readonly #trust: Trust;
  /** What the user refused in this program, so that we do not ask again. */
  #refused: string | undefined;

  constructor(workspace: Workspace, store: MemoryStore, trust: Trust) {
    this.#workspace = workspace;
    this.#store = store;
    this.#trust = trust;
  }

  /** Finds the memories that git tracks, asks about them if they are new, and tells the store which do not count. */
  async settle(session: Session): Promise<void> {
    const { memories } = this.#store.list();
    if (memories.length === 0) return;
    const tracked = await trackedFiles(this.#workspace.root, FOLDER);
    const foreign = memories.filter(({ slug }) => tracked === "all" || tracked.has(slug));
    const isTrusted = foreign.length === 0 || (await this.#ask(session, foreign));
    this.#store.untrusted = new Set(isTrusted ? [] : foreign.map(({ slug }) => slug));
  }

  async #ask(session: Session, foreign: readonly Memory[]): Promise<boolean> {
    const request: TrustRequest = {
      folder: this.#workspace.root,
      kind: `the memories of ${FOLDER}`,
      content: foreign.map(shown).join("\n"),
    };
    if (this.#trust.isTrusted(request)) return true;
    if (this.#refused === request.content) return false;
    const count = foreign.length === 1 ? "1 memory" : `${foreign.length} memories`;
    const answer = await session.ask({
      text: `${request.folder} brings ${count}, which the model would take for what you told it:\n${request.content}\nDo you trust this?`,
      choices: [YES, NO],
      withoutHuman: `${count} came with this repository and is not loaded. Look with /memory; --trust loads it.`,
    });
    if ("choice" in answer && answer.choice === YES) return this.#trust.keep(session, request);
    this.#refused = request.content;
    if ("refused" in answer) session.notice(answer.refused);
    return false;
  }
}

/** The whole memory, because the model will read its content, too. Control characters could hide a part of it. */
function shown({ slug, name, type, description, content }: Memory): string {
  const body = content.split("\n").map((line) => `    ${line}`);
  const text = [`- ${slug}.md (${type}) ${name}: ${description}`, ...body].join("\n");
  return text.replace(/[^\P{C}\n]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
