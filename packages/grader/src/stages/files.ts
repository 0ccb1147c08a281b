// File tools: exact, and inside the folder.
import { symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { say } from "@course/offline-model/test";
import type { Stage } from "../check.ts";
import { inOrder } from "../model.ts";
import { shortened } from "../shortened.ts";
import { notRefused, resultLacks } from "./judges.ts";

const EXACT = 'it\'s $HOME & "quotes" \\n `tick`\n\ttab, é, 漢, 🙂\nno newline at the end';
const PRICE = "price: OLD\nkeep: two  spaces\n";
const AFTER = "$& costs $1 \\1";

export const files: Stage = {
  name: "files",
  about: "file tools that are exact and stay in the folder",
  lesson: "s02-tool-use.md",
  cases: [
    {
      runs: [
        {
          prompt: "Write new/folder/made.txt and exact.txt, then outside.txt in the folder above.",
          prepare: (folder) => symlinkSync("..", join(folder, "link")),
          script: inOrder(
            ({ tools }) => tools.write("new/folder/made.txt", "made\n"),
            ({ tools }) => tools.write("exact.txt", EXACT),
            ({ tools }) => tools.write("../outside-1.txt", "no"),
            ({ tools, folder }) => tools.write(join(dirname(folder), "outside-2.txt"), "no"),
            ({ tools }) => tools.write("link/outside-3.txt", "no"),
            () => say("Written, as far as it goes."),
          ),
        },
      ],
      checks: [
        {
          name: "a file is written, and its missing folders are made",
          expected: "new/folder/made.txt in the folder where the program was started",
          judge: (run) =>
            run.file("new/folder/made.txt") === undefined ? "there is no such file" : undefined,
        },
        {
          name: "what is written is what was sent, to the byte",
          expected: "quotes, dollars, backslashes, tabs, other scripts, and no newline added",
          judge(run) {
            const text = run.file("exact.txt");
            if (text === undefined) return "there is no file";
            return text === EXACT ? undefined : shortened(JSON.stringify(text));
          },
        },
        {
          name: "a path that leads out of the folder is refused",
          expected: "no file above the folder, by .. or by an absolute path, and a tool_result that says so",
          judge: (run) =>
            run.file("../outside-1.txt") !== undefined || run.file("../outside-2.txt") !== undefined
              ? "the file was written"
              : (notRefused(run, 2) ?? notRefused(run, 3)),
        },
        {
          name: "a link that leads out of the folder is refused",
          expected: "no file behind a symbolic link to the folder above, and a tool_result that says so",
          judge: (run) =>
            run.file("../outside-3.txt") !== undefined ? "the file was written" : notRefused(run, 4),
        },
      ],
    },
    {
      runs: [
        {
          prompt: "Read notes.txt, missing.txt and ../secret.txt.",
          files: {
            "notes.txt": "line one\nline two: kingfisher\nline three\n",
            "../secret.txt": "a bittern\n",
          },
          script: inOrder(
            ({ tools }) => tools.read("notes.txt"),
            ({ tools }) => tools.read("missing.txt"),
            ({ tools }) => tools.read("../secret.txt"),
            () => say("Read, as far as it goes."),
          ),
        },
      ],
      checks: [
        {
          name: "a file is read",
          expected: "a tool_result with its lines",
          judge: (run) => resultLacks(run, 0, "line one", "kingfisher", "line three"),
        },
        {
          name: "a file that is missing is an answer, not the end",
          expected: "a tool_result that says so, and a run that goes on",
          judge: (run) => notRefused(run, 1),
        },
        {
          name: "a file outside of the folder is not read",
          expected: "a tool_result that says so, without the file's text",
          judge: (run) => (run.result(2)?.text.includes("bittern") ? "the file's text" : notRefused(run, 2)),
        },
      ],
    },
    {
      runs: [
        {
          prompt: "Change the price in price.txt, and the word in twice.txt.",
          files: { "price.txt": PRICE, "twice.txt": "same\nsame\n" },
          script: inOrder(
            ({ tools }) => tools.edit("price.txt", "OLD", AFTER),
            ({ tools }) => tools.edit("twice.txt", "same", "other"),
            ({ tools }) => tools.edit("price.txt", "not in it", "anything"),
            () => say("Changed, as far as it goes."),
          ),
        },
      ],
      checks: [
        {
          name: "an edit replaces exactly the text that it names",
          expected: "the new text as it was sent, dollars and backslashes included, and the rest untouched",
          judge(run) {
            const text = run.file("price.txt") ?? "";
            return text === PRICE.replace("OLD", () => AFTER) ? undefined : shortened(JSON.stringify(text));
          },
        },
        {
          name: "an edit whose text occurs twice changes nothing",
          expected: "the file as it was, and a tool_result that says so",
          judge: (run) =>
            run.file("twice.txt") === "same\nsame\n"
              ? notRefused(run, 1)
              : `the file: ${shortened(JSON.stringify(run.file("twice.txt")))}`,
        },
        {
          name: "an edit whose text is not there is an answer, not the end",
          expected: "a tool_result that says so",
          judge: (run) => notRefused(run, 2),
        },
      ],
    },
  ],
};
