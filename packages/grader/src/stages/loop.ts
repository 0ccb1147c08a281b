// The loop: send, run, write back, repeat, and stop.
import { say, type Reply } from "@course/offline-model/test";
import type { Stage } from "../check.ts";
import { messagesOf, type Evidence } from "../evidence.ts";
import { inOrder } from "../model.ts";
import type { RunPlan } from "../run.ts";
import { REFUSED, notAnswered, notEnded, notFinished, notRefused, requests, resultLacks } from "./judges.ts";

const MOST_ROUNDS = 200;
const WORDS = ["alpha-11", "beta-12", "gamma-13"] as const;
const STOPS = ["refusal", "stop_sequence", "max_tokens", "model_context_window_exceeded"] as const;

const stopsWith = (stopReason: (typeof STOPS)[number]): RunPlan => ({
  prompt: "Tell me about kestrels.",
  script: inOrder(
    (): Reply => ({ parts: [say("A kestrel is")], stopReason }),
    () => say("a small falcon."),
  ),
});

function answeredTogether(run: Evidence): string | undefined {
  const messages = messagesOf(run.exchanges.at(1)?.body).map(({ blocks }) =>
    blocks.filter(({ type }) => type === "tool_result"),
  );
  const counts = messages.map(({ length }) => length).filter((count) => count > 0);
  if (counts.length === 0) return "no tool_result";
  if (counts.length > 1) return `the results in ${counts.length} messages`;
  if (counts[0] !== WORDS.length) return `${counts[0]} of ${WORDS.length} results`;
  if (run.refused.length > 0) return REFUSED;
  const made = run.answered.flatMap(({ reply }) => reply?.content ?? []);
  const ids = made.flatMap((block) => (block.type === "tool_use" ? [block.id] : []));
  const isInOrder = messages.flat().every(({ tool_use_id: id }, at) => id === ids[at]);
  return isInOrder
    ? WORDS.map((word, call) => resultLacks(run, call, word)).find(Boolean)
    : "the results in another order";
}

export const loop: Stage = {
  name: "loop",
  about: "send, run, write back, repeat, and stop",
  lesson: "s01-agent-loop.md",
  cases: [
    {
      runs: [
        {
          prompt: "Run `echo seen-$((40 + 2)) | tee made.txt` and tell me what it prints.",
          script: inOrder(
            ({ tools }) => tools.shell("echo seen-$((40 + 2)) | tee made.txt"),
            () => say("It prints heron-42."),
          ),
        },
      ],
      checks: [
        {
          name: "a command that the model asks for is run, and its output goes back",
          expected: "the file that it makes, and a tool_result with the call's id that holds what it printed",
          judge: (run) =>
            run.file("made.txt") === undefined ? "the command was not run" : resultLacks(run, 0, "seen-42"),
        },
        {
          name: "the model's last words are printed, and the program ends",
          expected: "the text of the last reply on standard output, and exit code 0",
          judge: (run) => notFinished(run, "heron-42"),
        },
        {
          name: "a reply without a call ends the run",
          expected: "no request after the model's last words",
          judge: (run) =>
            run.after > 0
              ? `${requests(run.after)} after them`
              : run.result(0)
                ? undefined
                : "the run did not get that far",
        },
      ],
    },
    {
      runs: [
        {
          prompt: "Run three commands at once.",
          script: inOrder(
            ({ tools }) => [
              say("All three at once."),
              tools.shell("echo alpha-$((10 + 1))"),
              tools.shell("echo beta-$((10 + 2))"),
              tools.shell("echo gamma-$((10 + 3))"),
            ],
            () => say("All three ran."),
          ),
        },
      ],
      checks: [
        {
          name: "several calls of one reply are answered together",
          expected:
            "the next message holds three tool_results, in the order of the calls, each with its own output",
          lesson: "s02b-tool-execution-runtime.md",
          judge: answeredTogether,
        },
      ],
    },
    {
      runs: [
        {
          prompt: "Use the tool that you like best.",
          script: inOrder(
            ({ tools }) => ({ ...tools.misfit("shell", { query: "plover" }), name: "no_such_tool" }),
            ({ tools }) => tools.misfit("shell", {}),
            ({ tools }) => tools.shell("echo before-it-broke; ls /no/such/folder-7; exit 3"),
            () => say("Those went wrong: dunlin."),
          ),
        },
      ],
      checks: [
        {
          name: "a call of a tool that does not exist is answered, and the run goes on",
          expected: "a tool_result that says so, best with is_error",
          judge: (run) => notRefused(run, 0),
        },
        {
          name: "a call whose input does not fit is answered, and the run goes on",
          expected: "a tool_result that says what is wrong with a call without its `command`",
          judge: (run) => notRefused(run, 1),
        },
        {
          name: "a failing command's output reaches the model, and that it failed",
          expected: "what it printed on both streams, and its exit code or is_error",
          judge(run) {
            const wrong = resultLacks(run, 2, "before-it-broke", "folder-7");
            const result = run.result(2);
            const isTold =
              result?.isError === true ||
              /\b3\b|fail/i.test(result?.text.replaceAll("before-it-broke", "") ?? "");
            return wrong ?? (isTold ? undefined : "the output, and no word about exit code 3");
          },
        },
      ],
    },
    {
      runs: [
        {
          prompt: "Make the file cut-off.txt.",
          script: inOrder(
            ({ tools }): Reply => ({
              parts: [say("I make it."), tools.shell("touch cut-off.txt")],
              stopReason: "max_tokens",
            }),
            () => say("I stop here."),
          ),
        },
      ],
      checks: [
        {
          name: "a call in a reply that was cut off is not run",
          expected:
            "with stop_reason max_tokens a call may be half of one: no file cut-off.txt, and no refused request",
          judge(run) {
            if (run.file("cut-off.txt") !== undefined) return "the command was run";
            return run.answered.length === 0
              ? "no reply was asked for"
              : (notEnded(run) ?? (run.refused.length > 0 ? REFUSED : undefined));
          },
        },
      ],
    },
    {
      runs: STOPS.map(stopsWith),
      checks: [
        {
          name: "other stop reasons end the run, too",
          expected: `after ${STOPS.join(", ")}: no more than 10 requests, none of which is refused, and an end`,
          judge(run) {
            const [reason] = run.answered.map(({ reply }) => reply?.stop_reason);
            const count = run.exchanges.length;
            if (reason === undefined) return "no reply was asked for";
            const wrong =
              notEnded(run) ??
              (count > 10 ? requests(count) : undefined) ??
              (run.refused.length > 0 ? REFUSED : undefined);
            return wrong === undefined ? undefined : `after ${reason}: ${wrong}`;
          },
        },
      ],
    },
    {
      runs: [
        {
          prompt: "Run `echo again` until I say stop.",
          script:
            () =>
            ({ tools }) =>
              tools.shell("echo again"),
          mostRequests: MOST_ROUNDS,
          seconds: 60,
        },
      ],
      checks: [
        {
          name: "a model that never stops calling is stopped",
          expected: `an end by itself after at most ${MOST_ROUNDS} requests`,
          judge: (run) => (run.result(0) ? notEnded(run) : notAnswered(0)),
        },
      ],
    },
  ],
};
