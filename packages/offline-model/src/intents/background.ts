// Slow commands (s13). Where background_run is not offered, the same words are met with bash,
// one command after the other: that is the pain which s13 removes.
import { intent, only, type Episode, type Intent, type Situation } from "../brain.ts";
import { call, say } from "../reply.ts";
import { writeCall } from "./files.ts";

const PLAN = "# Plan\n\nWritten while the commands run.\n";

function* runBeside(situation: Situation): Episode {
  const { commands, prompt, has } = situation;
  const path = /\b(?:create|write) (\S+)/i.exec(prompt)?.[1];
  const background = has("background_run");
  const timeout = Number(/timeout of (\d+)/i.exec(prompt)?.[1]);
  const input = (command: string) => (timeout > 0 ? { command, timeout_seconds: timeout } : { command });
  const starts = commands.map((command) => call(background ? "background_run" : "bash", input(command)));
  const [many, they] =
    commands.length === 1 ? ["The command", "it prints"] : [`${commands.length} commands`, "they print"];
  const started = yield background
    ? [say(`I start ${many.toLowerCase()} in the background.`), ...starts]
    : starts;
  const refused = started.find((outcome) => outcome.isError);
  if (refused) return `That did not work: ${refused.text}`;
  const written = path === undefined ? undefined : only(yield writeCall(situation, path, PLAN));
  const file =
    written === undefined ? "" : written.isError ? ` I could not write ${path}.` : ` ${path} is written.`;
  if (!background) return `${many} ran, one after the other.${file}`;
  const early = situation.notes().flatMap(describeResults);
  if (early.length === started.length) return `All of them ended.${file}\n${early.join("\n")}`;
  return `${many} started.${file} I will tell you what ${they}.`;
}

/** One line for each result in a <background-results> block. */
function describeResults(note: string): string[] {
  const results = note.matchAll(
    /<task id="([^"]+)" status="([^"]+)"[^>]*>\ncommand: ([^\n]*)\n([\s\S]*?)<\/task>/g,
  );
  return [...results].map(([, id, status, command, rest = ""]) => {
    const output =
      rest
        .replace(/^log: .*\n/, "")
        .trim()
        .split("\n")
        .at(-1) ?? "";
    return `${id} ${status}: ${command}${output === "" ? "" : ` -> ${output}`}`;
  });
}

// eslint-disable-next-line require-yield
function* tellResults({ prompt }: Situation): Episode {
  return describeResults(prompt).join("\n") || "Something ended, but I cannot read what.";
}

function* checkAll({ has }: Situation): Episode {
  if (!has("check_background")) return "I have no background tasks in this chapter.";
  return only(yield call("check_background")).text;
}

export const backgroundIntents: Intent[] = [
  intent(/^<background-results>/, tellResults),
  intent(
    /^(?:run|start) .*`.*in the background/is,
    runBeside,
    "Run `sleep 3` and `npm test` in the background, and create notes/plan.md meanwhile",
  ),
  intent(/^(?:check|show|list) .*background/i, checkAll, "Check the background tasks", "check_background"),
];
