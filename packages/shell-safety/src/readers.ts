// The commands that only read, one row each. A row lists the options that a command may have; one that is not
// listed makes it an ordinary command, which needs a rule. Where GNU and BSD differ, only what both take is listed.
// Not covered: what a repository's own git settings run, and what a reader finds behind a link inside a folder.

/** A row of the table. */
export interface Reader {
  /** In the notation of getopt: "ab:" for -a and -b VALUE, --long, --long=VALUE, and # for -NUMBER. */
  options: string;
  /** With other options it writes, or runs something: a glob that may become an option is asked. */
  mayWrite?: true;
  /** What its other words are. Of "anything" not even the options matter. */
  operands: "none" | "text" | "files" | "a pattern, then files" | "anything";
  /** How many operands it may have, without globs. Default: any number. */
  most?: number;
  /** It does something else without an operand. */
  least?: 1;
  /** Options of which one holds the pattern, so that all operands are files. */
  patternOption?: string;
  /** What the first operand (a script, a format), or the value of such an option, must look like. */
  script?: RegExp;
  /** Options with which it reads every file of a folder, or of a history; "always" without one. */
  walks?: "always" | readonly string[];
  /** Options with which it only prints names all the same, unless one of `loud` is there, too. */
  quiet?: readonly string[];
  loud?: readonly string[];
  /** What every operand must look like for it to be quiet. */
  quietFor?: RegExp;
  /** It opens the files of a folder that it is given, links as well. */
  opensFolders?: true;
  /** Lines of this command that must not run without a question. */
  asked: readonly string[];
}

const SUBSTITUTION = "$(touch P)";
const HASH: Reader = {
  options: "btz --binary --text --tag --zero",
  operands: "files",
  asked: ["md5sum -c sums", "sha256sum --check sums", "sha1sum /etc/passwd"],
};
const PRINTED: Pick<Reader, "options" | "operands"> = { options: "", operands: "anything" };
/** A script of sed that prints lines by number, or replaces text. */
const SED =
  /^(?:(?:\d+|\$)(?:,(?:\d+|\$))?[pdq]|s([/|,#])(?:(?!\1)[^\\\n[])+\1(?:(?!\1)[^\\\n])*\1[gIp\d]*)$/;
const FIELD = String.raw`(?:\$(?:\d+|NF)|NR|NF|"[\w .,:;=-]*")`;
/** A program of awk that prints fields. */
const AWK = new RegExp(String.raw`^(?:NR ?[=<>]=? ?\d+ ?)?\{ ?print(?: ${FIELD}(?:,? ${FIELD})*)? ?\}$`);

export const READERS: Readonly<Record<string, Reader>> = {
  // They print what they are given.
  basename: { ...PRINTED, asked: [`basename "${SUBSTITUTION}"`] },
  dirname: { ...PRINTED, asked: [`dirname "${SUBSTITUTION}"`] },
  echo: { ...PRINTED, asked: [`echo "${SUBSTITUTION}"`, "echo x > y", "echo /etc/*", "echo $HOME/*"] },
  false: { ...PRINTED, asked: [`false ${SUBSTITUTION}`] },
  true: { ...PRINTED, asked: [`true ${SUBSTITUTION}`] },
  printf: {
    options: "",
    operands: "text",
    // %n sets a variable, PATH for one.
    script: /^(?:[^%]|%(?:%|[-+ 0#]*\d*(?:\.\d+)?[sbqdiuoxXcfeg]))*$/,
    asked: ["printf -v PATH x", "printf 'abc%n' PATH", "printf -v 'a[$(touch P)]' x"],
  },
  seq: { options: "wf:s:", operands: "text", asked: ["seq --unknown 3"] },
  // About the system and the user.
  date: {
    options: "uR --utc --universal",
    operands: "text",
    most: 1,
    script: /^\+/,
    asked: ["date -s tomorrow", "date -f x", "date 1201000026", "date -us@0"],
  },
  df: { options: "ahHiklmPT", operands: "files", asked: ["df /home"] },
  id: { options: "Ggnru", operands: "text", asked: ["id --unknown"] },
  pwd: { options: "LP", operands: "none", asked: ["pwd > x"] },
  sleep: { options: "", operands: "text", asked: ["sleep $x"] },
  type: { options: "aptP", operands: "text", asked: ["type -f ls"] },
  uname: { options: "asnrvmpio", operands: "none", asked: ["uname --unknown"] },
  which: { options: "a", operands: "text", asked: ["which --read-alias"] },
  whoami: { options: "", operands: "none", asked: ["whoami x"] },
  // Names and sizes of files.
  du: {
    options: "abchkmsxd: --max-depth= --summarize --human-readable",
    operands: "files",

    asked: ["du -L .", "du --files0-from=x", "du /etc"],
  },
  file: {
    mayWrite: true,
    options: "bi",
    operands: "files",

    asked: ["file -f x", "file -C -m x"],
  },
  ls: {
    options:
      "1AaBbCcdFfGghIiklmnopqRrSstUuvwXx --all --almost-all --color --recursive --reverse --human-readable --sort= --time=",
    operands: "files",

    asked: ["ls /etc", "ls -L", "ls ../x", "ls > x"],
  },
  readlink: { options: "efmnqsvz", operands: "files", asked: ["readlink /proc/self/exe"] },
  realpath: { options: "emqsz", operands: "files", asked: ["realpath /etc/passwd"] },
  stat: {
    options: "c:t --format= --printf=",
    operands: "files",

    asked: ["stat /etc/passwd"],
  },
  tree: {
    mayWrite: true,
    options: "aCDdfFghinpQrstuI:L:P: --dirsfirst --noreport",
    operands: "files",

    asked: ["tree -o x", "tree -R -H . -L 1", "tree -l"],
  },
  // What is in files.
  awk: {
    mayWrite: true,
    options: "F:",
    operands: "a pattern, then files",
    script: AWK,
    asked: ["awk '{print > $1}' x", "awk -f x y"],
  },
  cat: {
    options: "AbeEnstTuv",
    operands: "files",
    asked: ["cat /etc/passwd", "cat ~/.ssh/id_rsa", "cat x > y"],
  },
  cksum: { options: "", operands: "files", asked: ["cksum /etc/passwd", "cksum --check x"] },
  cmp: { options: "bls", operands: "files", most: 2, asked: ["cmp x /etc/passwd"] },
  comm: { options: "123", operands: "files", most: 2, asked: ["comm x /etc/passwd"] },
  cut: {
    options: "b:c:d:f:ns --delimiter= --fields= --characters= --complement --output-delimiter=",
    operands: "files",
    asked: ["cut -f1 /etc/passwd"],
  },
  diff: {
    options: "abBcdeEinNpqstTuwyC:U:W: --brief --unified --color --side-by-side",
    operands: "files",
    most: 2,
    opensFolders: true,
    asked: ["diff -r a b", "diff --to-file=/etc/passwd x", "diff x /etc/passwd"],
  },
  egrep: { ...grep(), asked: ["egrep -f x y"] },
  fgrep: { ...grep(), asked: ["fgrep -R x"] },
  fold: { options: "bsw:", operands: "files", asked: ["fold /etc/passwd"] },
  grep: {
    ...grep(),
    asked: ["grep -f x y", "grep -R x .", "grep -hf/etc/hostname x", "grep -- - /etc/passwd"],
  },
  head: {
    options: "c:n:qvz# --lines= --bytes=",
    operands: "files",
    asked: ["head /etc/passwd", "head -5>P"],
  },
  hexdump: { options: "bCcdovxn:s:", operands: "files", asked: ["hexdump -f x y", "hexdump -C /etc/passwd"] },
  jq: {
    options: "aCceMnrSsj --raw-output --compact-output --slurp --null-input --sort-keys --exit-status",
    operands: "a pattern, then files",
    // Modules are read from wherever the program says, and the environment holds secrets.
    script: /^(?![\s\S]*(?:import|include|env|ENV|input|modulemeta|get_search_list))[\s\S]*$/,
    asked: ["jq -f x", "jq -L / x", `jq 'import "/etc/x" as $x; .' y`, "jq env x", "jq . /etc/x"],
  },
  md5sum: HASH,
  nl: { options: "b:d:f:h:i:l:n:ps:v:w:", operands: "files", asked: ["nl /etc/passwd"] },
  od: { options: "A:bcdDoxj:N:t:v", operands: "files", asked: ["od -c /etc/passwd"] },
  paste: { options: "d:s", operands: "files", asked: ["paste x /etc/passwd"] },
  rev: { options: "", operands: "files", asked: ["rev /etc/passwd"] },
  rg: {
    mayWrite: true,
    options:
      "cFilNnoSsvwxA:B:C:e:g:m:t:T: --hidden --files-with-matches --line-number --ignore-case --count --glob= --type= --no-heading --fixed-strings",
    operands: "a pattern, then files",
    patternOption: "e",
    walks: "always",
    asked: ["rg --pre touch x", "rg -L x", "rg -f x", "rg -z x", "rg x /etc"],
  },
  sed: {
    mayWrite: true,
    options: "nErs --quiet --silent --regexp-extended",
    operands: "a pattern, then files",
    script: SED,
    asked: [
      "sed -i s/a/b/ x",
      "sed 's/a/b/w P' x",
      "sed 's/a/touch P/e' x",
      "sed 'r /etc/passwd' x",
      "sed -f x y",
    ],
  },
  sha1sum: HASH,
  sha256sum: HASH,
  sha512sum: HASH,
  sort: {
    mayWrite: true,
    options: "bdfghiMnrRsuVzk:t: --numeric-sort --reverse --unique --key= --field-separator=",
    operands: "files",
    asked: [
      "sort -o x x",
      "sort -uo x x",
      "sort --compress-program=touch x",
      "sort -T x y",
      "sort --files0-from=x",
    ],
  },
  tac: { options: "", operands: "files", asked: ["tac /etc/passwd"] },
  tail: {
    options: "c:fn:qrvz# --lines= --bytes=",
    operands: "files",
    asked: ["tail /etc/passwd", "tail --pid=1 x"],
  },
  tr: { options: "cCdst", operands: "text", asked: ["tr a b < /etc/passwd"] },
  uniq: { options: "cDdif:s:uw:z", operands: "files", most: 1, asked: ["uniq a b", "uniq - P", "uniq x*"] },
  wc: {
    options: "cLlmw --lines --words --bytes",
    operands: "files",
    asked: ["wc --files0-from=x", "wc /etc/passwd"],
  },
  xxd: { options: "abipu", operands: "files", most: 1, asked: ["xxd x y", "xxd -r x", "xxd /etc/passwd"] },
};

function grep(): Omit<Reader, "asked"> {
  return {
    options:
      "abcEFGHhIiLlnoPpqrsUvwxyZzA:B:C:e:m:# --include= --exclude= --exclude-dir= --color --colour --count --extended-regexp --files-with-matches --fixed-strings --ignore-case --invert-match --line-number --no-filename --only-matching --quiet --recursive --word-regexp --max-count= --after-context= --before-context= --context=",
    operands: "a pattern, then files",
    patternOption: "e",
    walks: ["r", "recursive"],
  };
}

/** Programs that print their version and end, whatever the folder holds that they are started in. */
export const VERSIONED = /^(?:node|npm|npx|tsc|python3?|pip3?|git|gcc|clang|make|docker|java|jq|rg)$/;
