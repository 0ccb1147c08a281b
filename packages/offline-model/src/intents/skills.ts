// Work that a skill describes (s05). Without skills the same requests are met in a way of one's own.
import { intent, only, type Episode, type Intent, type Situation } from "../brain.ts";
import { call } from "../reply.ts";

/** Loads a skill if there is the tool for it; returns its text, or undefined. */
function* load(
  { has }: Situation,
  name: string,
): Generator<ReturnType<typeof call>, string | undefined, { text: string; isError: boolean }[]> {
  if (!has("load_skill")) return undefined;
  const { text, isError } = only(yield call("load_skill", { name }));
  return isError ? undefined : text;
}

function* commitMessage(situation: Situation): Episode {
  const skill = yield* load(situation, "commit-message");
  const status = only(yield call("bash", { command: "git status --short --untracked-files=all" }));
  const changes = [...status.text.matchAll(/^(..) (\S+)$/gm)].map(([, mark = "", path = ""]) => ({
    isNew: mark.includes("?") || mark.includes("A"),
    path,
  }));
  const [first] = changes;
  if (!first) return "Nothing has changed.";
  if (skill === undefined) return `Updated ${changes.length} file${changes.length === 1 ? "" : "s"}.`;
  const { path } = first;
  const type = path.endsWith(".md") ? "docs" : path.startsWith("test/") ? "test" : "feat";
  const others = changes.length > 1 ? ` and ${changes.length - 1} more` : "";
  return `${type}: ${first.isNew ? "add" : "change"} ${path}${others}`;
}

function* review(situation: Situation): Episode {
  const path = situation.match[1] ?? "";
  const skill = yield* load(situation, "code-review");
  const folder = /folder="([^"]+)"/.exec(skill ?? "")?.[1];
  if (folder !== undefined) yield call("read_file", { file_path: `${folder}/checklist.md` });
  const file = only(yield call("read_file", { file_path: path }));
  if (file.isError) return file.text;
  if (skill === undefined) return `${path} looks fine to me.`;
  const names = [...file.text.matchAll(/^export function (\w+)/gm)].map(([, name = ""]) => name);
  const tests = only(yield call("bash", { command: `grep -l ${names[0] ?? "export"} test/*` }));
  return [
    `${path}: no finding.`,
    `Tests that name ${names.join(", ") || "it"}: ${tests.text.trim().split("\n").join(", ")}.`,
    "Not looked at: what the callers do with it. I am a script, so read it yourself, too.",
    "Verdict: ready",
  ].join("\n");
}

function* loadByName({ match, has }: Situation): Episode {
  if (!has("load_skill")) return "I have no skills in this chapter.";
  return only(yield call("load_skill", { name: match[1] ?? "" })).text;
}

export const skillIntents: Intent[] = [
  intent(/^write a commit message/i, commitMessage, "Write a commit message for my changes"),
  intent(/^review (\S+?)\.?$/i, review, "Review src/greet.js"),
  intent(/^load the skill (\S+)/i, loadByName, "Load the skill test-plan", "load_skill"),
];
