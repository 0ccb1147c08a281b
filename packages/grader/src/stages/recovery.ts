// Failures that pass, and one that does not.
import { say, type Reply } from "@course/offline-model/test";
import type { Check, Stage } from "../check.ts";
import { messagesOf, textIn } from "../evidence.ts";
import { inOrder, refuse } from "../model.ts";
import { shortened } from "../shortened.ts";
import { notEnded, notFinished, requests } from "./judges.ts";

const RETRY_AFTER_S = 1;
const MOST_TRIES = 15;
const overloaded = () => refuse(529, "Overloaded");
const LONG = "The tide turns twice a day, and with it the birds. ".repeat(8);

const finishes =
  (words: string): Check["judge"] =>
  (run) =>
    notFinished(run, words);

export const recovery: Stage = {
  name: "recovery",
  about: "overload, rate limits, lost connections, a wrong key",
  lesson: "s11-error-recovery.md",
  cases: [
    {
      runs: [
        {
          prompt: "Say something.",
          script: inOrder(overloaded, overloaded, () => say("Calm again, avocet.")),
        },
      ],
      checks: [
        {
          name: "an overloaded server is asked again",
          expected: "after two answers of 529, the request once more",
          judge: finishes("avocet"),
        },
      ],
    },
    {
      runs: [
        {
          prompt: "Run `echo calm-$((1 + 1))`.",
          script: inOrder(
            ({ tools }) => tools.shell("echo calm-$((1 + 1))"),
            () => refuse(500, "Internal server error"),
            () => say("Recovered, plover."),
          ),
        },
      ],
      checks: [
        {
          name: "a server that fails in the middle of a run is asked again",
          expected: "after a 500, the same conversation once more, and its end",
          judge: finishes("plover"),
        },
      ],
    },
    {
      runs: [
        {
          prompt: "Say something.",
          script: inOrder(
            () =>
              refuse(429, "This request would exceed your account's rate limit.", {
                "retry-after": String(RETRY_AFTER_S),
              }),
            () => say("Waited, dunlin."),
          ),
        },
      ],
      checks: [
        {
          name: "a rate limit is waited for as long as the server asks",
          expected: `after 429 with retry-after: ${RETRY_AFTER_S}, the next request no sooner than that`,
          judge(run) {
            const [first, second] = run.exchanges;
            if (!first || !second) return requests(run.exchanges.length);
            const waited = (second.at - first.at) / 1000;
            return waited < RETRY_AFTER_S
              ? `the next one after ${waited.toFixed(1)} s`
              : notFinished(run, "dunlin");
          },
        },
      ],
    },
    {
      runs: [
        {
          prompt: "Tell me about the tide.",
          faults: "drop",
          script: inOrder(
            () => say(LONG),
            () => say("So much for the tide, godwit."),
          ),
        },
      ],
      checks: [
        {
          name: "a connection that is lost in the middle of a reply does not end the run",
          expected: "another request, and the rest or the whole of the reply printed",
          judge: finishes("godwit"),
        },
      ],
    },
    {
      runs: [
        {
          prompt: "Run `echo once >> runs.txt`.",
          faults: "drop",
          script: inOrder(
            ({ tools }) => tools.shell("echo once >> runs.txt"),
            ({ tools }) => tools.shell("echo once >> runs.txt"),
            () => say("It ran once, curlew."),
          ),
        },
      ],
      checks: [
        {
          name: "a call that was lost with the connection is run once, when it came whole",
          expected: "one line in runs.txt, and the model's last words",
          judge: (run) =>
            run.file("runs.txt") === "once\n"
              ? notFinished(run, "curlew")
              : `runs.txt: ${shortened(run.file("runs.txt") ?? "")}`,
        },
      ],
    },
    {
      runs: [
        {
          prompt: "Tell me about sandpipers.",
          script: inOrder(
            (): Reply => ({ parts: [say("Sandpipers run along the")], stopReason: "max_tokens" }),
            () => say(" edge of the water."),
          ),
        },
      ],
      checks: [
        {
          name: "a reply that was cut off is gone on with",
          expected:
            "with stop_reason max_tokens, a request that holds what was written, and both halves printed",
          judge(run) {
            const second = messagesOf(run.answered.at(1)?.body);
            const holds = second.some(
              ({ role, blocks }) => role === "assistant" && textIn(blocks).includes("Sandpipers run"),
            );
            if (!holds)
              return second.length === 0 ? "no second request" : "a second request without the first half";
            return notFinished(run, "Sandpipers run") ?? notFinished(run, "edge of the water");
          },
        },
      ],
    },
    {
      runs: [
        {
          prompt: "Say something.",
          script: () => () => refuse(401, "invalid x-api-key"),
        },
      ],
      checks: [
        {
          name: "a wrong key is not tried again",
          expected: "one request that is answered with 401, and an end",
          judge: (run) => (run.exchanges.length === 1 ? notEnded(run) : requests(run.exchanges.length)),
        },
        {
          name: "a wrong key is said to be the reason",
          expected: "an exit code that is not 0, and a line about 401, the key or authentication",
          judge(run) {
            if (run.isGood) return "exit code 0";
            return /\b401\b|\bkey\b|authenti/i.test(run.output)
              ? undefined
              : `it printed: ${shortened(run.lastLines(3).join(" "))}`;
          },
        },
      ],
    },
    {
      runs: [
        {
          prompt: "Say something.",
          mostRequests: 2 * MOST_TRIES,
          seconds: 60,
          script: () => overloaded,
        },
      ],
      checks: [
        {
          name: "a server that stays overloaded is given up",
          expected: `2 to ${MOST_TRIES} requests, then an end with an exit code that is not 0`,
          judge(run) {
            const count = run.exchanges.length;
            if (count < 2 || count > MOST_TRIES) return requests(count);
            return notEnded(run) ?? (run.isGood ? "exit code 0" : undefined);
          },
        },
      ],
    },
  ],
};
