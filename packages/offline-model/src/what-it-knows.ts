// What is said to a request that no intent understands: three prompts of this chapter, which its tools give away,
// and once in a conversation everything else.
import type Anthropic from "@anthropic-ai/sdk";
import type { Intent } from "./episode.ts";
import type { Toolbox } from "./toolbox.ts";
import { textsOf } from "./words.ts";

const CHOICES = 3;
const REST = "Everything else that I know:";
const HELP = /^(?:help|\?|what (?:can|do) you (?:do|know)\b.*|how do you work)[?.!]*$/i;

export function whatItKnows(
  request: string,
  intents: readonly Intent[],
  tools: Toolbox,
  conversation: readonly Anthropic.MessageParam[],
): string {
  const wasTold = conversation.some(
    (message) => message.role === "assistant" && textsOf(message).some((text) => text.includes(REST)),
  );
  const isHelp = HELP.test(request.trim());
  return [
    `I am the offline model: a script, not a language model${isHelp ? "" : ", and I do not understand that request"}. I can do this:`,
    ...listOf(intents, tools, isHelp || !wasTold),
    "For anything else, set ANTHROPIC_API_KEY (see .env.example).",
  ].join("\n");
}

/** Examples that the client has the tools for: those of the chapter's mechanism first. */
function listOf(intents: readonly Intent[], tools: Toolbox, whole: boolean): string[] {
  const offered = intents.filter(({ needs }) => needs === undefined || tools.has(needs));
  const own = offered.filter(({ needs }) => needs !== undefined);
  const ordered = [...own, ...offered.filter((one) => !own.includes(one))];
  const examples = ordered.flatMap(({ example }) => example ?? []);
  const rest = examples.slice(CHOICES);
  return [
    ...examples.slice(0, CHOICES).map((example) => `  ${example}`),
    // A line each would push the first lines off a small screen.
    ...(whole && rest.length > 0 ? [REST, rest.join(" · ")] : []),
  ];
}
