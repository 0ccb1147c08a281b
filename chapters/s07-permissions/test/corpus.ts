// Every hole that was found, by people and by `npm run fuzz:policy`: lines that once ran without a question and must
// never again. The fuzz starts from them, too.
import type { Rules } from "./new-policy.ts";

export interface Hole extends Rules {
  line: string;
}

const DENIED: Rules = {
  mode: "bypassPermissions",
  deny: ["Bash(touch:*)", "Read(.env)", "Read(./secrets/**)"],
};
const EDITS: Rules = { mode: "acceptEdits" };

export const HOLES: readonly Hole[] = [
  // The reader read another line than bash does.
  { line: "ls\n\\\ntouch P" },
  { line: "find . -maxdepth 0 -name } {-o,-exec} touch P \\;" },
  { line: "find . -maxdepth 0 -name ] {-o,-exec} touch P \\;" },
  { line: "ls >&'$(touch P)'", ...EDITS },
  { line: "ls &>'$(touch P)'", ...EDITS },
  { line: "sort a.txt <&- -o../outside/w", ...EDITS },
  { line: 'cat "my \\\nsecret"', allow: ["Bash(cat:*)"], deny: ["Read(my secret)"] },
  { line: "head -5>P" },
  { line: "cat -<<'EOF' -\nx\nEOF" },
  // Builtins that evaluate, and places that are not known.
  { line: "test -v 'a[$(touch P)]'" },
  { line: "[ -v 'a[$(touch P)]' ]" },
  { line: "command test -v 'a[$(touch P)]'" },
  { line: "printf -v 'a[$(touch P)]' x" },
  { line: "printf 'abcde%n' PATH; ls" },
  { line: "cat ~+/.env", ...DENIED },
  { line: "cat ~root/.env", ...DENIED },
  { line: "cat /proc/self/cwd/.env", ...DENIED },
  { line: "cat /proc/thread-self/cwd/.env", ...DENIED },
  { line: "cat /dev/fd/../cwd/.env", ...DENIED },
  // Links.
  { line: "grep -R x ." },
  { line: "ls -L src" },
  { line: "diff -r src src" },
  { line: "cat link.txt" },
  { line: "cat lin*" },
  { line: "cat src/*/secret" },
  { line: "cat src/*/*" },
  { line: "find -L . -name secret" },
  { line: "find . -exec cat {} +" },
  { line: "wc --files0-from=list" },
  { line: "sort --files0-from=list", ...DENIED },
  { line: "ln -s . d; cat d/secrets/key", ...DENIED },
  { line: "cat alias/key", ...DENIED },
  { line: "find . -type f -exec uniq {} +" },
  { line: "find . -type f -exec xxd {} +" },
  { line: "xxd -ps /etc/passwd" },
  { line: "xxd -pc /etc/passwd" },
  { line: "stat -f /etc/passwd" },
  { line: "echo $AWS_SECRET_ACCESS_KEY" },
  { line: "cat <<EOF\n${TOKEN}\nEOF" },
  { line: "git submodule foreach 'x=to; ${x}uch P'", mode: "bypassPermissions", deny: ["Bash(touch:*)"] },
  { line: "timeout 1 nohup xargs ls", mode: "bypassPermissions", deny: ["Bash(nohup:*)"] },
  // Deny rules that one believes in.
  { line: 'awk \'BEGIN { system("to" "uch P") }\'', ...DENIED },
  { line: "sed '1e to''uch P' a.txt", ...DENIED },
  { line: "sed 'r .e''nv' a.txt", ...DENIED },
  { line: 'perl -e \'system "to"."uch P"\'', ...DENIED },
  { line: "tar cf /dev/null --checkpoint=1 --checkpoint-action=exec='to''uch P' a.txt", ...DENIED },
  { line: 'python3 -c \'open(".e" + "nv")\'', ...DENIED },
  { line: "node -p 1", ...DENIED },
  { line: "git reflog -p", ...DENIED },
  { line: "git format-patch --stdout HEAD~1", ...DENIED },
  { line: "git whatchanged -p", ...DENIED },
  { line: "git fast-export HEAD", ...DENIED },
  { line: "git add -p", ...DENIED },
  { line: "git checkout-index -a --prefix=x/", ...DENIED },
  { line: "git rebase -x 'to''uch P' HEAD", ...DENIED },
  { line: "git grep SECRET", ...DENIED },
  { line: "git log -p", ...DENIED },
  { line: "cat ..env", deny: ["Read(**)"], allow: ["Bash"] },
  // A rule for one spelling is none for another.
  { line: "node 'a;./deploy'", allow: ["Bash(node a;./deploy)"] },
  { line: "eval '*'", allow: ["Bash(eval *x)"] },
];
