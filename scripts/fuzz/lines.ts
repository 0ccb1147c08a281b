// Lines to try: made from a grammar of shell syntax, and from lines that are known, spliced and changed. All of it
// follows from the seed.
import { GIT_READERS, READERS as ROWS } from "@course/shell-safety";

/** Numbers from a seed: mulberry32. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(items: readonly [T, ...T[]] | readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error("There is nothing to pick from.");
    return item;
  }
}

const READERS =
  "ls cat head tail wc sort uniq cut grep find diff cmp comm stat file du nl od paste tac rev fold sed awk jq xxd hexdump md5sum cksum tr echo printf test [ true false pwd seq date id basename dirname readlink realpath git cd type command".split(
    " ",
  );
const OTHERS =
  "touch rm cp mv ln tee mkdir env nice nohup timeout xargs time stdbuf sh bash perl dd truncate chmod eval exec source . tar base64 expr yes".split(
    " ",
  );
const FILES =
  "a.txt b.json src src/a.ts src/deep src/out src/out/secret link.txt list alias alias/key .env secrets secrets/key ..env yarn.lock ./a.txt ../outside/secret /outside/secret /etc/passwd ~ ~/.ssh/id ~+/.env ~root /proc/self/cwd/.env /dev/fd/0 /dev/null - . .. P Q -rf.txt ./-rf.txt new/x .git/HEAD .git/config .husky/pre-commit .envrc HEAD HEAD:.env HEAD~1 foo alpha".split(
    " ",
  );
const OPTIONS =
  "-n -r -R -l -a -o -e -f -p -v -x -c -d -s -t -i -L -H -q -z -0 -1 -5 -u -k -w -A -B -C -n1 -rn -exec -execdir -delete -name -type -print -fprint -files0-from --files0-from=list --output=P -oP -o=P --exclude-from=list -f/etc/passwd -e{} -- --help --version -I{} -P2 --pre=touch -S -G -O -Otouch --ext-diff --no-index --textconv -D".split(
    " ",
  );
const SCRIPTS =
  "1,2p s/a/b/ s/a/b/w\\ P s/a/b/e 'e touch P' 'w P' 'r .env' '{print}' '{print $1}' '{print > \"P\"}' 'BEGIN{system(\"touch P\")}' . .a 'input' 'env' '%n' '%s\\n' 'a[$(touch P)]' '+%s'".split(
    /\s(?=(?:[^']*'[^']*')*[^']*$)/,
  );
const GIT =
  "status log diff show blame branch tag remote config stash ls-files cat-file grep rev-parse reflog worktree describe shortlog archive add commit checkout".split(
    " ",
  );
const TOUCH = "touch P";
/** Pieces of syntax that are put in, or in place of something. */
const TOKENS = [
  "\n", "\\\n", " \\\n", "\n\\\n", "\\", "'", '"', "`", "$", "(", ")", "{", "}", "[", "]", "<", ">", ">>", "<<", "<<<", "&", "&&", "|", "||", "|&", ";", ";;",
  "#", " #", "!", "~", "*", "?", " ", "\t", "=", ",", "..", "/", "-", "$(", "${", "$((", "))", "$'", '$"', "<(", ">(", ">&", "<&", "<&-", ">&-", "&>", ">|", "<>", "2>", "5<", "{a}>",
  "''", '""', "\\ ", "\\;", "{a,b}", "{-o,-exec}", "$x", "${x}", "$?", "$@", "$HOME", "`touch P`", "$(touch P)", "<(touch P)", "if ", "then ", "fi", "; then ", "; fi", "do ", "done", "case ", "esac", "in ",
  "! ", "{ ", "; }", "time ", "coproc ", "function ", "select ", "f() ", "[[ ", " ]]", "<<EOF", "<<'EOF'", "<<-EOF", "\nEOF\n", "\nEOF", "EOF", TOUCH, "\ntouch P\n", "; touch P", " touch P ", " -exec touch P ;", " -o P", " /outside/secret", " .env",
  "a=b ", "PATH=. ", "a+=b ", "a[0]=b ", "\u00a0", "\r", "\v", "\f", "\u0001", "é", "0", "1",
]; // prettier-ignore

/** A line, from the grammar or from `known` ones. */
export function makeLine(random: Random, known: readonly string[]): string {
  const roll = random.next();
  if (roll < 0.35) return line(random, 2);
  if (roll < 0.45) return mutated(random, line(random, 2), 1 + random.below(2));
  if (roll < 0.9) return mutated(random, random.pick(known), 1 + random.below(4));
  return mutated(random, spliced(random, random.pick(known), random.pick(known)), random.below(2));
}

function line(random: Random, depth: number): string {
  const first = statement(random, depth);
  if (random.chance(0.5)) return first;
  return (
    first +
    random.pick(["; ", " && ", " || ", " | ", "\n", " & ", ";", "|", "\n\n", " # x\n", " |& "]) +
    line(random, depth - 1 > 0 ? depth - 1 : 0)
  );
}

function statement(random: Random, depth: number): string {
  const inner = () => line(random, depth - 1);
  if (depth > 0 && random.chance(0.15))
    return random.pick([
      () => `(${inner()})`,
      () => `{ ${inner()}; }`,
      () => `! ${inner()}`,
      () => `if ${inner()}; then ${inner()}; fi`,
      () => `for i in ${word(random, 0)}; do ${inner()}; done`,
      () => `while ${inner()}; do ${inner()}; done`,
      () => `case ${word(random, 0)} in ${word(random, 0)}) ${inner()};; esac`,
      () => `f() { ${inner()}; }; f`,
      () => `[[ ${word(random, 0)} ]]`,
      () => `${inner()} <<EOF\n${random.pick(["x", "$(touch P)", "$HOME", "`touch P`", "EOF x"])}\nEOF`,
      () => `x=${word(random, depth)}; ${inner()}`,
    ])();
  return command(random, depth);
}

function command(random: Random, depth: number): string {
  const name = random.chance(0.8) ? random.pick(READERS) : random.pick(OTHERS);
  const parts = [spelled(random, name)];
  const subcommand = name === "git" ? random.pick(GIT) : undefined;
  if (subcommand !== undefined) parts.push(subcommand);
  const row = subcommand === undefined ? ROWS[name] : GIT_READERS[subcommand];
  if (row && random.chance(0.6)) parts.push(...listedOptions(random, row.options));
  const count = random.below(5);
  for (let index = 0; index < count; index++) parts.push(word(random, depth));
  if (name === "[") parts.push("]");
  if (random.chance(0.15)) parts.splice(1 + random.below(parts.length), 0, redirect(random, depth));
  if (random.chance(0.08))
    parts.unshift(
      random.pick([
        "time",
        "timeout 1",
        "env",
        "nice",
        "command",
        "xargs",
        "nohup",
        "x=1",
        "find . -exec",
        "xargs -n1",
        "! ",
      ]),
    );
  if (name === "find" && parts.length > 2 && random.chance(0.3))
    parts.push("{}", random.pick(["\\;", "+", "';'"]));
  return parts.join(random.chance(0.95) ? " " : "  ");
}

/** Options that the table lists, alone and together, with words where they take a value and where they do not. */
function listedOptions(random: Random, list: string): string[] {
  const known = list.split(" ").filter(Boolean);
  return Array.from({ length: 1 + random.below(3) }, () => {
    const option = known.length > 0 ? random.pick(known) : "-x";
    const value = () => (random.chance(0.7) ? random.pick(FILES) : random.pick(SCRIPTS));
    if (option.startsWith("--")) return option.endsWith("=") ? [option.slice(0, -1), value()] : [option];
    const letters = option.replace(/[:#]/g, "");
    const count = 1 + random.below(3);
    const cluster = Array.from({ length: count }, () => letters[random.below(letters.length)] ?? "").join("");
    return random.chance(0.5)
      ? [`-${cluster}`]
      : random.chance(0.5)
        ? [`-${cluster}`, value()]
        : [`-${cluster}${value()}`];
  }).flat();
}

function redirect(random: Random, depth: number): string {
  const target = random.chance(0.7) ? random.pick(FILES) : word(random, depth);
  return (
    random.pick(["", "2", "1", "{x}"]) +
    random.pick([">", ">>", "<", ">&", "<&", "&>", ">|", "<>", "<<<", "> ", "< ", "2>&1 >"]) +
    target
  );
}

function word(random: Random, depth: number): string {
  const inner = () => line(random, depth - 1);
  const base = random.pick([
    () => random.pick(FILES),
    () => random.pick(FILES),
    () => random.pick(OPTIONS),
    () => random.pick(SCRIPTS),
    () => random.pick(["$x", '"$HOME"', "${HOME}", "$?", "${x:-P}", "$((1+2))", "$((x))", "$@", "$#"]),
    () =>
      random.pick([
        "*",
        "*.txt",
        "src/*",
        ".e*",
        "s*/k?y",
        "[a-z]*",
        "**",
        ".?nv",
        "-*",
        "{a.txt,.env}",
        "{a..c}",
        "li*",
      ]),
    () =>
      depth > 0
        ? random.pick([
            `$(${inner()})`,
            `\`${inner()}\``,
            `<(${inner()})`,
            `"$(${inner()})"`,
            `"a \`${inner()}\` b"`,
          ])
        : "x",
  ])();
  return random.chance(0.15) ? spelled(random, base) : base;
}

/** The same word to bash, in other quotes. */
function spelled(random: Random, text: string): string {
  if (!random.chance(0.2) || text === "") return text;
  const at = random.below(text.length);
  return random.pick([
    () => `'${text}'`,
    () => `"${text}"`,
    () => `\\${text}`,
    () => `${text.slice(0, at)}''${text.slice(at)}`,
    () => `${text.slice(0, at)}\\${text.slice(at)}`,
    () => `${text.slice(0, at)}"${text.slice(at)}"`,
    () => `${text.slice(0, at)}\\\n${text.slice(at)}`,
    () => `$'${text}'`,
  ])();
}

function mutated(random: Random, text: string, times: number): string {
  let changed = text;
  for (let count = 0; count < times; count++) {
    const at = random.below(changed.length + 1);
    const end = Math.min(changed.length, at + random.below(4));
    changed = random.pick([
      () => changed.slice(0, at) + random.pick(TOKENS) + changed.slice(at),
      () => changed.slice(0, at) + random.pick(TOKENS) + changed.slice(at),
      () => changed.slice(0, at) + random.pick(TOKENS) + changed.slice(end),
      () => changed.slice(0, at) + changed.slice(end),
      () => changed.slice(0, end) + changed.slice(at),
      () => changed + random.pick(TOKENS) + random.pick([TOUCH, "", "ls"]),
    ])();
  }
  return changed;
}

function spliced(random: Random, one: string, other: string): string {
  const glue = random.chance(0.5) ? random.pick(TOKENS) : "";
  return one.slice(0, random.below(one.length + 1)) + glue + other.slice(random.below(other.length + 1));
}
