// The system prompt: sections in a fixed order, each with one owner. It is assembled once per conversation (the runtime
// keeps it), because the cache and the model's thoughts are bound to it. What changes is injected instead.
import {
  requestParams,
  ToolError,
  type Agent,
  type Extension,
  type FlagValues,
  type PromptSection,
} from "@course/runtime";
import { partsOf, renderStack } from "./prompt-stack.ts";
import { renderMargin } from "./prompt-margin.ts";

/** The owners of the sections, in the order of the prompt; the agent's identity comes before them. */
const OWNERS = ["rules", "tools", "skills", "memory"];

export const promptFlags = {
  explain: { description: "Print the prompt at the start, each line with its owner" },
} as const;

export function systemPrompt(values: FlagValues = {}): Extension {
  let sections: readonly PromptSection[] = [];
  let agent: Agent | undefined;
  return {
    name: "system-prompt",
    arrangeSections: (given) => (sections = inOrder(given)),
    commands: {
      prompt: {
        description: "shows what is in the prompt, and whose it is; /prompt all shows each line",
        async run(argument, session, columns) {
          if (!agent) return "";
          if (argument !== "" && argument !== "all")
            throw new ToolError(`/prompt ${argument}: expected all, or nothing.`);
          const { tools } = await requestParams(agent, session);
          const parts = partsOf(agent, tools ?? [], sections, session.messages);
          return argument === "all" ? renderMargin(parts) : renderStack(parts, session.usage, columns);
        },
        complete: () => ["all"],
      },
    },
    async start(session, own) {
      agent = own;
      if (values["explain"] !== true) return;
      const { tools } = await requestParams(own, session);
      session.emit({ type: "display", text: renderMargin(partsOf(own, tools ?? [], sections, [])) });
    },
  };
}

/** The identity, then the known owners' sections, then those of other extensions in the order given. */
function inOrder([identity, ...rest]: readonly PromptSection[]): PromptSection[] {
  const place = ({ owner }: PromptSection) =>
    OWNERS.includes(owner) ? OWNERS.indexOf(owner) : OWNERS.length;
  const ordered = rest.toSorted((a, b) => place(a) - place(b));
  return identity ? [identity, ...ordered] : ordered;
}
