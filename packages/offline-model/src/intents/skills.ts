// Work that a skill describes (s05). A skill is chosen as a model chooses: by what its description says. Where none
// says what was asked for, or there are no skills, the same request is met without rules.
import {
  failed,
  failureOf,
  intent,
  only,
  type Episode,
  type Intent,
  type Situation,
  type Work,
} from "../episode.ts";
import { call } from "../reply.ts";
import { wordsOf } from "../words.ts";
import { bash, linesOf, readCall, withoutNotes } from "./calls.ts";

/** Names and descriptions, as the prompt lists them and as later notes change them. */
function descriptions({ system, conversation }: Situation): Map<string, string> {
  const notes = conversation.flatMap((message) => wordsOf(message).notes);
  const told = [system, ...notes.filter((note) => note.startsWith("<skills-changed>"))].join("\n");
  const found = new Map<string, string>();
  for (const [, name = "", description] of told.matchAll(/^- ([\w:-]+)(?: \([a-z, ]+\))?(?:: (.+))?$/gm))
    if (description === undefined) found.delete(name);
    else found.set(name, description);
  return found;
}

/** Loads the first skill whose description says this, if there is the tool for it; returns its text, or undefined. */
function* load(situation: Situation, purpose: RegExp): Work<string | undefined> {
  if (!situation.has("load_skill")) return undefined;
  const [name] = [...descriptions(situation)].find(([, description]) => purpose.test(description)) ?? [];
  if (name === undefined) return undefined;
  const { text, isError } = only(yield call("load_skill", { name }));
  return isError ? undefined : text;
}

function* commitMessage(situation: Situation): Episode {
  const skill = yield* load(situation, /commit message/i);
  const status = only(yield bash("git status --short --untracked-files=all"));
  if (failureOf(status) !== undefined)
    return failed("git does not answer here: this folder is no repository.");
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
  const skill = yield* load(situation, /\breviews?\b/i);
  const folder = /folder="([^"]+)"/.exec(skill ?? "")?.[1];
  if (folder !== undefined) yield readCall(situation, `${folder}/checklist.md`);
  const file = only(yield readCall(situation, path));
  if (failureOf(file) !== undefined) return failed(file.text);
  if (skill === undefined) return `I have read ${path}, and have no rules by which to judge it.`;
  const names = [...file.text.matchAll(/^export function (\w+)/gm)].map(([, name = ""]) => name);
  const found = only(yield bash(`grep -l ${names[0] ?? "export"} test/*`));
  const tests = failureOf(found) === undefined ? linesOf(withoutNotes(found)) : [];
  const finding = tests.length === 0 ? `no test names ${names[0] ?? "it"}` : "no finding";
  return [
    `${path}: ${finding}.`,
    `Tests that name ${names.join(", ") || "it"}: ${tests.join(", ") || "none"}.`,
    "Not looked at: what the callers do with it. I am a script, so read it yourself, too.",
    `Verdict: ${tests.length === 0 ? "needs work" : "ready"}`,
  ].join("\n");
}

/** The description may be folded over several lines: those that are indented belong to it. */
function* describeSkill(situation: Situation): Episode {
  const [, name = "", words = ""] = situation.match;
  const path = `.claude/skills/${name}/SKILL.md`;
  const file = only(yield readCall(situation, path));
  const before = /^description:.*(?:\n[ \t]+.*)*/m.exec(file.text)?.[0];
  if (failureOf(file) !== undefined) return failed(file.text);
  if (before === undefined) return failed(`${path} has no description.`);
  if (!situation.has("edit_file")) return failed("I have no tool for that in this chapter.");
  const input = { file_path: path, old_string: before, new_string: `description: ${words}` };
  const edited = only(yield call("edit_file", input));
  return edited.isError ? failed(edited.text) : `The skill ${name} now says of itself: ${words}`;
}

function* loadByName({ match, has }: Situation): Episode {
  if (!has("load_skill")) return failed("I have no skills in this chapter.");
  const loaded = only(yield call("load_skill", { name: match[1] ?? "" }));
  return loaded.isError ? failed(loaded.text) : loaded.text;
}

export const skillIntents: Intent[] = [
  intent(/^write a commit message/i, commitMessage, "Write a commit message for my changes"),
  intent(/^review (\S+?)\.?$/i, review, "Review src/greet.js"),
  intent(/^change the description of the skill ([\w-]+) to:? (.+)$/i, describeSkill),
  intent(/^load the skill (\S+)/i, loadByName, "Load the skill test-plan", "load_skill"),
];
