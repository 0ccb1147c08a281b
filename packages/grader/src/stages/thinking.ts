// Thinking: blocks are signed over what stands before them, so they go back as they came, or not at all.
import { raw, say, think, type Reply } from "@course/offline-model/test";
import type { Check, Stage } from "../check.ts";
import { messagesOf, type Evidence } from "../evidence.ts";
import { inOrder } from "../model.ts";
import { CLOSING, pagesRun } from "./pages-script.ts";
import { REFUSED, notAnswered, notEnded } from "./judges.ts";

const isThought = ({ type }: { type?: unknown }) => type === "thinking" || type === "redacted_thinking";

/** Passes where the run reached so many calls, and no request was refused. */
function survives(calls: number): Check["judge"] {
  return (run) => {
    if (run.refused.length > 0) return REFUSED;
    return run.result(calls - 1) ? undefined : notAnswered(calls - 1);
  };
}

function thoughtsSent(run: Evidence): { sent: number; kept: number } {
  const replies = run.answered.slice(0, -1);
  const sent = replies.flatMap(({ reply }) => reply?.content ?? []).filter(isThought).length;
  const kept = messagesOf(run.answered.at(-1)?.body)
    .flatMap(({ blocks }) => blocks)
    .filter(isThought).length;
  return { sent, kept };
}

function prefixOf(body: unknown): string {
  const { system, tools } = (body ?? {}) as { system?: unknown; tools?: unknown };
  // Where the cache ends is said in the prefix, and may move.
  return JSON.stringify([system, tools], (key, value: unknown) =>
    key === "cache_control" ? undefined : value,
  );
}

export const thinking: Stage = {
  name: "thinking",
  about: "signed thoughts that go back unchanged, or not at all",
  lesson: "s06a-preserved-thinking.md",
  cases: [
    {
      runs: [
        {
          prompt: "Run two commands, and think before each.",
          script: inOrder(
            ({ tools }) => [think("I begin with the first."), tools.shell("echo first-$((1 + 1))")],
            ({ tools }) => [think("Now the second."), tools.shell("echo second-$((1 + 1))")],
            () => [think("That is all."), say("Both ran.")],
          ),
        },
      ],
      checks: [
        {
          name: "thoughts go back unchanged, or not at all",
          expected:
            "no request that is refused for a thinking block; an empty text with a signature is one, too",
          judge: survives(2),
        },
        {
          name: "either all thoughts are kept, or none",
          expected: "in the last request the thoughts of all replies, or of none",
          judge(run) {
            if (!run.result(1)) return notAnswered(1);
            const { sent, kept } = thoughtsSent(run);
            return kept === 0 || kept === sent ? undefined : `${kept} of ${sent}`;
          },
        },
        {
          name: "the system prompt and the tools stay the same",
          expected: "equal in each request of the run: thoughts are bound to them, and the cache is",
          lesson: "s10a-message-prompt-pipeline.md",
          judge(run) {
            const prefixes = run.exchanges.map(({ body }) => prefixOf(body));
            const changed = prefixes.findIndex((prefix) => prefix !== prefixes[0]);
            if (changed !== -1) return `request ${changed + 1} has others`;
            return run.result(1) ? undefined : notAnswered(1);
          },
        },
      ],
    },
    {
      runs: [
        {
          prompt: "Run two commands at once.",
          script: inOrder(
            ({ tools }) => [
              think("Two at once."),
              say("I run two."),
              tools.shell("echo first-$((1 + 1))"),
              think("And the other."),
              tools.shell("echo second-$((1 + 1))"),
            ],
            ({ tools }) => [think("One more."), tools.shell("echo third-$((1 + 1))")],
            () => say("All ran."),
          ),
        },
      ],
      checks: [
        {
          name: "several thoughts in one reply keep their places",
          expected: "thought, text, call, thought, call: in this order, and no refused request",
          judge: survives(3),
        },
      ],
    },
    {
      runs: [
        {
          prompt: "Run a command, and keep your thoughts to yourself.",
          script: inOrder(
            ({ tools }) => [
              raw({ type: "redacted_thinking", data: "ZW5jcnlwdGVk" }),
              think("This one may be seen."),
              tools.shell("echo first-$((1 + 1))"),
            ],
            ({ tools }) => [think("And once more."), tools.shell("echo second-$((1 + 1))")],
            () => say("It ran."),
          ),
        },
      ],
      checks: [
        {
          name: "a redacted thought goes back as it came",
          expected: "its `data` unchanged, at its place, if other thoughts go back; and no refused request",
          judge: survives(2),
        },
      ],
    },
    {
      runs: [
        {
          prompt: "Think long.",
          script: inOrder(
            ({ tools }) => [think("A command first."), tools.shell("echo first-$((1 + 1))")],
            (): Reply => ({
              parts: [think("This takes all the tokens that there are.")],
              stopReason: "max_tokens",
            }),
            () => say("Then without."),
          ),
        },
      ],
      checks: [
        {
          name: "a reply that was cut off in a thought is not sent back",
          expected: "no message that ends in a thought: the API refuses it",
          judge: (run) => survives(1)(run) ?? notEnded(run),
        },
      ],
    },
    {
      runs: [pagesRun({ thinks: true })],
      checks: [
        {
          name: "a conversation that was shortened holds no thought from before",
          expected: "after an edit, the thoughts behind it left out: they are bound to what stood there",
          judge(run) {
            if (run.refused.length > 0) return REFUSED;
            if (!run.result(0)) return notAnswered(0);
            if (run.output.includes(CLOSING)) return undefined;
            return { notOffered: "it does not make room in a full window (see the stage context)" };
          },
        },
      ],
    },
  ],
};
