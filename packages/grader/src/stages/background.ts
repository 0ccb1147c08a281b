// Background work: it starts at once, its result comes by itself and once, and nothing is left of it.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { say } from "@course/offline-model/test";
import type { Stage } from "../check.ts";
import { saidByUser, type Evidence } from "../evidence.ts";
import { inOrder, type Moment, type Script } from "../model.ts";
import { notAnswered, notEnded, notFinished } from "./judges.ts";

const RESULT = "bg-77-done";
const RETURNED = "the start was answered before the end";
const MEANWHILE = "another call was answered before the end";

const isEnded = (folder: string) => existsSync(join(folder, "ended.txt"));

/** How often a text occurs in what the user's side of the last request says. */
function timesTold(run: Evidence, text: string): number {
  return saidByUser(run.answered.at(-1)?.body).split(text).length - 1;
}

/** A task of five seconds, so that a slow machine has answered by then, too, and what the model does meanwhile. */
function slowTask(): Script {
  let step = 0;
  return ({ request, tools, folder, note }: Moment) => {
    if (step === 0) {
      const start = tools.background("sleep 5; touch ended.txt; echo bg-$((70 + 7))-done");
      step = 1;
      return start;
    }
    const said = saidByUser(request);
    if (step === 1) {
      if (!isEnded(folder)) note(RETURNED);
      step = 2;
      if (tools.nameOf("shell") !== undefined) return tools.shell("echo meanwhile-$((1 + 1))");
    }
    if (step === 2 && !isEnded(folder) && said.includes("meanwhile-2")) note(MEANWHILE);
    step = 3;
    return say(
      said.includes(RESULT) ? "The result is in, turnstone." : "It runs, and I have nothing else to do.",
    );
  };
}

/** Two tasks in one reply, of which the second fails. */
function twoTasks(): Script {
  let isStarted = false;
  return ({ request, tools }: Moment) => {
    if (!isStarted) {
      const log = (name: string, after: string) =>
        `echo ${name} starts >> log.txt; sleep 3; echo ${name} ends >> log.txt; ${after}`;
      const calls = [
        tools.background(log("first", "echo first-$((1 + 1))")),
        tools.background(log("second", "echo second-$((1 + 1)); exit 3")),
      ];
      isStarted = true;
      return calls;
    }
    const said = saidByUser(request);
    return say(said.includes("first-2") && said.includes("second-2") ? "Both are in, dunnock." : "They run.");
  };
}

export const background: Stage = {
  name: "background",
  about: "slow commands that run while the loop goes on",
  lesson: "s13-background-tasks.md",
  cases: [
    {
      runs: [
        { prompt: "Run the slow command in the background, and another one meanwhile.", script: slowTask },
      ],
      checks: [
        {
          name: "a start is answered at once",
          expected: "a tool_result before the command has ended",
          judge: (run) =>
            run.result(0)
              ? run.notes.includes(RETURNED)
                ? undefined
                : "an answer after the command's end"
              : notAnswered(0),
        },
        {
          name: "other calls are run meanwhile",
          expected: "the output of a second command before the first has ended",
          judge: (run) =>
            run.notes.includes(MEANWHILE) ? undefined : "the output only after the first had ended",
        },
        {
          name: "the result comes by itself",
          expected: "a request with the command's output, which the model did not ask for",
          judge: (run) =>
            run.exchanges.some(({ body }) => saidByUser(body).includes(RESULT))
              ? undefined
              : "no request with it",
        },
        {
          name: "the result is told once",
          expected: "the command's output once in the conversation",
          judge(run) {
            const times = timesTold(run, RESULT);
            return times === 1 ? undefined : `${times} times`;
          },
        },
        {
          name: "the program waits for what it started, and prints what the model says to it",
          expected: "the words of the reply to the result, and exit code 0",
          judge: (run) => notFinished(run, "turnstone"),
        },
      ],
    },
    {
      runs: [{ prompt: "Run two slow commands in the background.", script: twoTasks }],
      checks: [
        {
          name: "two tasks run side by side",
          expected: "both have started before either ends",
          lesson: "s13a-runtime-task-model.md",
          judge(run) {
            const lines = (run.file("log.txt") ?? "").trim().split("\n");
            if (lines.length !== 4) return `${lines.filter(Boolean).length} of 4 lines in their log`;
            return lines.slice(0, 2).every((line) => line.endsWith("starts")) ? undefined : lines.join(", ");
          },
        },
        {
          name: "a task that failed is told as one",
          expected:
            "the output of a command that ended with exit code 3, with the code or a word for failure",
          judge(run) {
            const said = saidByUser(run.exchanges.at(-1)?.body);
            if (!said.includes("second-2")) return "no request with its output";
            return /exit\w*["'\s_a-z:=]*3\b|fail|error/i.test(said.replaceAll("exit 3", ""))
              ? undefined
              : "its output alone";
          },
        },
      ],
    },
    {
      runs: [
        {
          prompt: "Start a server in the background.",
          script: inOrder(
            ({ tools }) => tools.background("sleep 300 > /dev/null 2>&1 & echo left-$((1 + 1))"),
            () => say("Started."),
            () => say("It has ended."),
          ),
        },
      ],
      checks: [
        {
          name: "what a task leaves running is ended with the program",
          expected: "no process of the task after the program's end",
          judge: (run) => (run.result(0) ? (notEnded(run) ?? runsOn(run)) : notAnswered(0)),
        },
      ],
    },
    {
      runs: [
        {
          prompt: "Run `sleep 300` in the background.",
          script: inOrder(
            ({ tools }) => tools.background("sleep 300"),
            ({ interrupt }) => {
              interrupt();
              return say("Started.");
            },
          ),
        },
      ],
      checks: [
        {
          name: "Ctrl-C ends the program and its tasks",
          expected: "after SIGINT an end, and no process that is left",
          judge: (run) => {
            if (!run.result(0)) return notAnswered(0);
            return (
              (run.ending.kind === "died" && run.ending.signal === "SIGINT" ? undefined : notEnded(run)) ??
              runsOn(run)
            );
          },
        },
      ],
    },
  ],
};

function runsOn({ left }: Evidence): string | undefined {
  return left.length === 0 ? undefined : `left running: ${left.join("; ")}`;
}
