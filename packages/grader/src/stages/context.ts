// The window: what is done when it is full, and what stays.
import { say } from "@course/offline-model/test";
import type { Check, Stage } from "../check.ts";
import { inOrder } from "../model.ts";
import { shortened } from "../shortened.ts";
import { REFUSED, notAnswered, notEnded, notFinished, requests } from "./judges.ts";
import { CLOSING, GOAL, LOST_GOAL, LOST_RESULT, pagesRun, WINDOW_TOKENS } from "./pages-script.ts";

const LONG_PROMPT = "This is longer than the window. ".repeat(2_400);
const MOST_TRIES = 6;
/** A request of less than this share of the one before it has left something out. */
const SHORTER = 0.9;

/** Where no room was made, what is left after that cannot be judged. */
function afterRoom(judge: Check["judge"]): Check["judge"] {
  return (run) => {
    const sizes = run.exchanges.map(({ body }) => JSON.stringify(body).length);
    const isShorter = sizes.some((size, at) => at > 0 && size < (sizes[at - 1] ?? 0) * SHORTER);
    return isShorter || run.output.includes(CLOSING) ? judge(run) : { notOffered: "room in a full window" };
  };
}

export const context: Stage = {
  name: "context",
  about: `a window of ${WINDOW_TOKENS.toLocaleString("en")} tokens that fills up`,
  lesson: "s06-context-compaction.md",
  cases: [
    {
      runs: [pagesRun()],
      checks: [
        {
          name: "a full window does not end the run",
          expected: "twice as much output as fits is read, and the model's last words are printed",
          judge: (run) => (run.result(0) ? notFinished(run, CLOSING) : notAnswered(0)),
        },
        {
          name: "a request that was too long is not sent again as it was",
          expected: 'after "prompt is too long", a request that is shorter',
          judge: afterRoom((run) => {
            const texts = run.exchanges.map(({ body }) => JSON.stringify(body));
            const again = run.exchanges.findIndex(({ error }, at) => error && texts[at] === texts[at + 1]);
            return again === -1 ? undefined : `request ${again + 2} is request ${again + 1} again`;
          }),
        },
        {
          name: "what is left of the conversation is one that the API takes",
          expected: "calls and results stay in pairs, and the first message is the user's",
          judge: (run) => (run.refused.length > 0 ? REFUSED : afterRoom(() => undefined)(run)),
        },
        {
          name: "what the user asked stays",
          expected: `the words of the prompt (${GOAL}) in each request for the next step`,
          judge: afterRoom((run) => (run.notes.includes(LOST_GOAL) ? LOST_GOAL : undefined)),
        },
        {
          name: "the newest output reaches the model",
          expected: "each call's output in the request after it, or a summary that was made with it",
          judge: afterRoom((run) => (run.notes.includes(LOST_RESULT) ? LOST_RESULT : undefined)),
        },
      ],
    },
    {
      runs: [
        {
          prompt: "Run `seq 1 60000`.",
          contextTokens: WINDOW_TOKENS,
          script: inOrder(
            ({ tools }) => tools.shell("seq 1 60000"),
            () => say("It counted to the end, ruff."),
          ),
        },
      ],
      checks: [
        {
          name: "one output that is longer than the window does not end the run",
          expected: "the output cut, or kept elsewhere, and the model's last words printed",
          judge: (run) => notFinished(run, "ruff"),
        },
      ],
    },
    {
      runs: [
        {
          prompt: LONG_PROMPT,
          contextTokens: WINDOW_TOKENS,
          script: inOrder(() => say("So it fits after all.")),
        },
      ],
      checks: [
        {
          name: "a prompt that can never fit ends the run with a word about it",
          expected: `an end after at most ${MOST_TRIES} refused requests, and a printed reason`,
          judge(run) {
            const tries = run.tooLong.length;
            if (tries > MOST_TRIES) return requests(tries);
            if (run.exchanges.length === 0) return "no request";
            return (
              notEnded(run) ?? (run.output.trim() === "" ? `it printed ${shortened(run.output)}` : undefined)
            );
          },
        },
      ],
    },
  ],
};
