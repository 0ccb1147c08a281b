// The commands of git that only read, a row each; see readers.ts. Their words are revisions or files, which need
// not be told apart: neither may lead out of the workspace. Of REV:path the path is a file as well.
// Not covered: names (git status, --stat) and messages of a repository that the workspace is only a folder of.
import type { Reader } from "./readers.ts";

const HISTORY =
  "biEFgmstuwpzn:S:G:L:M# --oneline --graph --all --decorate --no-decorate --stat --shortstat --numstat --name-only " +
  "--name-status --abbrev-commit --abbrev= --no-merges --merges --first-parent --follow --reverse --format= --pretty= " +
  "--since= --until= --after= --before= --author= --committer= --grep= --max-count= --skip= --date= --branches --tags " +
  "--remotes --patch --no-patch --color --no-color --topo-order --date-order --diff-filter= --summary --no-renames " +
  "--unified= --word-diff --raw --cc --left-right --no-ext-diff --no-textconv --ignore-all-space --ignore-space-change";
const CONTENTS = ["p", "u", "patch", "L", "unified", "cc", "word-diff", "G", "S"];
/** A commit, whatever the repository holds; a hash, a tag or a path may be a file, which --stat does not silence. */
const COMMIT = /^(?:HEAD|@)(?:[~^]\d*)*$/;
const QUIET = ["s", "no-patch", "stat", "shortstat", "numstat", "name-only", "name-status", "summary"];

export const GIT_READERS: Readonly<Record<string, Reader>> = {
  blame: {
    options: "CeL:lMnpstw --date= --show-email",
    operands: "files",
    walks: "always",
    asked: ["git blame --contents /etc/passwd x"],
  },
  branch: {
    options:
      "arvl --all --list --remotes --show-current --verbose --sort= --format= --contains= --merged= --no-merged=",
    operands: "none",

    asked: ["git branch new", "git branch -d x", "git branch -f x", "git branch --edit-description"],
  },
  "cat-file": {
    options: "pts",
    operands: "files",
    walks: "always",
    asked: ["git cat-file --batch", "git cat-file --textconv x"],
  },
  config: {
    options: "",
    operands: "text",
    most: 1,
    script: /^user\.(?:name|email)$/,
    asked: [
      "git config core.pager x",
      "git config user.name x",
      "git config --list",
      "git config http.extraheader",
    ],
  },
  describe: {
    options: "--tags --always --dirty --all --abbrev= --long --match=",
    operands: "files",

    asked: ["git describe --exec=x"],
  },
  diff: {
    options: `${HISTORY} R --cached --staged --check --exit-code --quiet --relative --merge-base`,
    operands: "files",
    walks: "always",
    quiet: [...QUIET, "quiet"],
    loud: [...CONTENTS, "check"],
    asked: [
      "git diff --output=x",
      "git diff --ext-diff",
      "git diff --no-index x y",
      "git diff /etc/passwd x",
    ],
  },
  grep: {
    options:
      "acEFGhHIilnoPpqvwA:B:C:e:m: --count --files-with-matches --ignore-case --line-number --name-only",
    operands: "a pattern, then files",
    patternOption: "e",
    walks: "always",
    asked: [
      "git grep -Otouch x",
      "git grep --no-index x",
      "git grep -f x",
      "git grep --open-files-in-pager=x y",
    ],
  },
  log: {
    options: HISTORY,
    operands: "files",
    walks: CONTENTS,
    asked: ["git log --output=x", "git log --outp=x", "git log --ext-diff -p"],
  },
  "ls-files": {
    options: "cdmostuvz --others --exclude-standard --cached --modified --deleted --stage --full-name",
    operands: "files",

    asked: ["git ls-files :/", "git ls-files -X x", "git ls-files --exclude-from=x"],
  },
  "ls-tree": {
    options: "rdtlz --name-only --full-tree",
    operands: "files",

    asked: ["git ls-tree --unknown"],
  },
  "merge-base": {
    options: "a --is-ancestor --all --octopus",
    operands: "files",

    asked: ["git merge-base --unknown"],
  },
  remote: {
    options: "v --verbose",
    operands: "text",
    script: /^get-url$/,
    most: 2,
    asked: ["git remote add x y", "git remote update"],
  },
  reflog: {
    options: "n:# --all --oneline --date= --format=",
    operands: "text",
    script: /^show$/,
    asked: ["git reflog expire --all", "git reflog -p"],
  },
  "rev-list": {
    options: "n:# --count --all --max-count= --no-merges",
    operands: "files",

    asked: ["git rev-list --unknown"],
  },
  "rev-parse": {
    options:
      "q --abbrev-ref --short --show-toplevel --show-prefix --git-dir --verify --is-inside-work-tree --symbolic-full-name",
    operands: "files",

    asked: ["git rev-parse --resolve-git-dir /x", "git rev-parse --parseopt"],
  },
  shortlog: {
    options: "sne --summary --numbered --email --since=",
    operands: "files",

    asked: ["git shortlog --output=x"],
  },
  show: {
    options: HISTORY,
    operands: "files",
    walks: "always",
    quiet: QUIET,
    quietFor: COMMIT,
    loud: [...CONTENTS, "all", "tags"],
    asked: ["git show HEAD:../x", "git show --output=x", "git show --textconv x"],
  },
  stash: {
    options: "# --oneline",
    operands: "text",
    script: /^list$/,
    most: 1,
    least: 1,
    asked: ["git stash", "git stash pop", "git stash show -p"],
  },
  status: {
    options: "bsz --short --branch --porcelain --long --ignored --show-stash --untracked-files",
    operands: "files",

    asked: ["git status -v", "git status > x"],
  },
  tag: {
    options: "ln --list --sort= --format= --contains= --merged= --no-merged= --points-at=",
    operands: "none",
    // A tag may be one of a file, and %(raw) prints it.
    walks: ["format"],
    asked: ["git tag x", "git tag -d x", "git tag -F /etc/passwd x"],
  },
  worktree: {
    options: "v --porcelain",
    operands: "text",
    script: /^list$/,
    most: 1,
    least: 1,
    asked: ["git worktree add x", "git worktree prune"],
  },
};
