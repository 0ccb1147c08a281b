// What changed, and taking it back: questions to git. Nothing is thrown away that git does not hold.
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
import {
  andList,
  bash,
  count,
  linesOf,
  outputOf,
  quoted,
  shortened,
  withoutNotes,
  writeCall,
} from "./calls.ts";

const NO_GIT = failed("git does not answer here: this folder is no repository.");

interface Change {
  mark: string;
  path: string;
}

function* changes(): Work<Change[] | undefined> {
  // A new file shows as itself, not as its folder.
  const status = yield* outputOf("git status --short --untracked-files=all");
  return status === undefined
    ? undefined
    : [...status.matchAll(/^(..) (.+)$/gm)].map(([, mark = "", path = ""]) => ({ mark, path }));
}

const isNew = ({ mark }: Change) => mark.includes("?") || mark.includes("A");

function* changed(): Episode {
  const all = yield* changes();
  if (!all) return NO_GIT;
  if (all.length === 0) return "Nothing has changed since the last commit.";
  const kind = (change: Change) =>
    isNew(change) ? "new" : change.mark.includes("D") ? "deleted" : "changed";
  return all.map((change) => `${change.path} (${kind(change)})`).join("\n");
}

function* diff(): Episode {
  const outcome = only(yield bash("git diff HEAD"));
  if (failureOf(outcome) !== undefined) return NO_GIT;
  return (
    shortened(withoutNotes(outcome), 60) || "No file that git knows has changed; new files are not in a diff."
  );
}

/** One file is put back; of several, the user has to say which. */
function* undo({ match }: Situation): Episode {
  const all = yield* changes();
  if (!all) return NO_GIT;
  const wanted = /[./]/.test(match[1] ?? "") ? match[1]?.replace(/[.?!]$/, "") : undefined;
  const old = all.filter((change) => !isNew(change));
  const chosen = wanted === undefined ? old : old.filter(({ path }) => path === wanted);
  const added = all.filter((change) => isNew(change) && (wanted === undefined || change.path === wanted));
  const kept =
    added.length === 0
      ? ""
      : ` New and left alone, since git could not bring it back: ${andList(added.map(({ path }) => path))}.`;
  const [only_] = chosen;
  if (!only_) return failed(`There is nothing to undo${wanted === undefined ? "" : ` in ${wanted}`}.${kept}`);
  const isAll = /\b(?:all|everything|changes)\b/i.test(match[0]);
  if (chosen.length > 1 && !isAll)
    return failed(
      `Which one? ${andList(chosen.map(({ path }) => path))} have changed. Say: Undo my change in ${only_.path}, or: Undo all changes`,
    );
  const paths = chosen.map(({ path }) => path);
  const outcome = only(yield bash(`git checkout HEAD -- ${paths.map(quoted).join(" ")}`));
  if (failureOf(outcome) !== undefined) return failed(`git did not do it: ${outcome.text}`);
  return `${andList(paths)} ${paths.length === 1 ? "is" : "are"} as in the last commit.${kept}`;
}

function* commit({ match }: Situation): Episode {
  const message = match[1];
  if (message === undefined)
    return failed('With which message? Say: Commit my changes with the message "..."');
  const outcome = only(yield bash(`git add -A && git commit -m ${quoted(message)}`));
  if (failureOf(outcome) !== undefined) return failed(`git did not commit: ${outcome.text}`);
  return `Committed: ${linesOf(outcome.text)[0] ?? message}`;
}

/** One line a commit, newest first; what stands in the file already is replaced. */
function* writeChangelog(situation: Situation): Episode {
  const log = yield* outputOf("git log --format='- %s (%as)'");
  if (log === undefined) return NO_GIT;
  const written = only(yield writeCall(situation, "CHANGELOG.md", `# Changelog\n\n${log}\n`));
  if (failureOf(written) !== undefined) return failed(`I could not write CHANGELOG.md: ${written.text}`);
  return `CHANGELOG.md lists ${count(linesOf(log).length, "commit")}.`;
}

function ask(command: string) {
  return function* (): Episode {
    const answer = yield* outputOf(command);
    return answer === undefined ? NO_GIT : shortened(answer, 30) || "(nothing)";
  };
}

export const gitIntents: Intent[] = [
  intent(
    /^(?:(?:which|what) (?:files )?(?:have |has |did )?(?:(?:i|you|we) )?changed?(?: so far)?|what did (?:i|you|we) change|(?:show |what is )?(?:the )?(?:git )?status|(?:list|show)(?: me)? (?:the |my )?changed files)[?.]*$/i,
    changed,
    "Which files changed?",
  ),
  intent(
    /^(?:show|print|give)(?: me)? (?:the |my |your )?(?:diff|changes)[.?]*$|^diff$|^what exactly (?:has )?changed.*/i,
    diff,
    "Show the diff",
  ),
  intent(
    /^(?:undo|revert|take back|discard|throw away|restore)\b(?: (?:all |everything |(?:the |my |your )?(?:last )?changes? ?)*(?:(?:in|to|of) )?(\S+)?)?.*$/i,
    undo,
    "Undo my change in src/greet.js",
  ),
  intent(/^(?:write|update|make|create) (?:the |a )?changelog\.?$/i, writeChangelog, "Write the changelog"),
  intent(
    /^commit\b(?:.*?(?:message|saying|as|:) ?["'`](.+)["'`])?.*$/is,
    commit,
    'Commit my changes with the message "Add notes"',
  ),
  intent(
    /^(?:show|what(?:'s| is| was)|print)(?: me)?(?: in)? the (?:last|latest|newest) commit\b.*/i,
    ask("git log -1 --stat"),
    "Show the last commit",
  ),
  intent(
    /^(?:show|print|what is)(?: me)? (?:the )?(?:git )?(?:history|log|commits)\b.*/i,
    ask("git log --oneline -10"),
    "Show the history",
  ),
  intent(/^(?:which|what) branch\b.*/i, ask("git branch --show-current"), "Which branch is this?"),
];
