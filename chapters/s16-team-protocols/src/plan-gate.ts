// What a teammate that must plan first can do: look, and nothing else, until its plan is approved. It is a matter of
// the tools that it has, not of what it was told. With other tools the conversation's prefix changes, so what was
// thought before the approval is left out (the API binds it to the tools); the plan itself was said, and stays.
import { ToolError, type Session, type Tool, type Workspace } from "@course/runtime";
import { Policy } from "@course/s07-permissions";

export class PlanGate {
  readonly #all: readonly Tool[];
  readonly #looking: readonly Tool[];
  #isOpen = false;
  /** Set when the teammate has a conversation. */
  session: Session | undefined;

  constructor(tools: readonly Tool[], workspace: Workspace) {
    this.#all = tools;
    this.#looking = tools.flatMap((tool) => {
      if (tool.name === "bash") return [lookOnly(tool, workspace)];
      return tool.readOnly ? [tool] : [];
    });
  }

  /** The tools that it has now. */
  get tools(): readonly Tool[] {
    return this.#isOpen ? this.#all : this.#looking;
  }

  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.session?.renewPrefix();
  }
}

/** The shell for commands of which s07 knows that they only read. */
function lookOnly(bash: Tool, workspace: Workspace): Tool {
  const policy = new Policy(workspace, { mode: "plan", deny: [], ask: [], allow: [], notes: [] });
  return {
    ...bash,
    async run(input, context) {
      const { decision } = await policy.judge({ name: bash.name, input, readOnly: false });
      if (decision === "allow") return bash.run(input, context);
      throw new ToolError(
        "Until your plan is approved, only commands that are known to read are run, such as ls, cat or git log. Submit it with submit_plan.",
      );
    },
  };
}
