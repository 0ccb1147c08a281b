// Commands that run others: what they run is judged as it would be alone.
import { readShell, runsArguments, unfold } from "@course/shell-safety";
import { expect, test } from "vitest";

/** The commands of a line with those that they run, and what is not certain about them. */
async function unfolded(line: string) {
  const { commands, unclear } = await readShell(line);
  const doubts = [...unclear];
  const all = commands.flatMap((command) => unfold(command, doubts));
  return {
    doubts,
    run: all
      .filter(({ isWrapper }) => !isWrapper)
      .map(({ words }) => words.map(({ text }) => text).join(" ")),
  };
}

test.each([
  ["nice rm x", "rm x"],
  ["nice -n 5 rm x", "rm x"],
  ["nice -n -5 rm x", "rm x"],
  ["timeout 5 rm x", "rm x"],
  ["timeout 1.5s rm x", "rm x"],
  ["time rm x", "rm x"],
  ["nohup rm x", "rm x"],
  ["env rm x", "rm x"],
  ["command rm x", "rm x"],
  ["busybox rm x", "rm x"],
  // What xargs reads becomes one more word, which nobody knows.
  ["xargs rm", "rm "],
  ["xargs", "echo "],
  ["xargs -0 -n1 rm x", "rm x "],
  ["xargs -n 5 rm 5", "rm 5 "],
  ["xargs -P4 -r rm", "rm "],
  ["nice timeout 5 xargs rm x", "rm x "],
])("%j runs %j", async (line, run) => {
  expect(await unfolded(line)).toEqual({ doubts: [], run: [run] });
});

test.each(["nice", "env", "timeout", "time x", "git status", "find . -name x", "command -v rm", "ls x"])(
  "%j is certain and runs nothing that is not a reader",
  async (line) => {
    expect((await unfolded(line)).doubts).toEqual([]);
  },
);

test.each([
  ["nice -n x rm", "nice with options or variables"],
  ["nice -5 rm", "nice with options or variables"],
  ["nice $x rm", "nice with options or variables"],
  ["timeout 5", "timeout with options or variables"],
  ["timeout x rm", "timeout with options or variables"],
  ["timeout -k 1 5 rm", "timeout with options or variables"],
  ["env A=b rm", "env with options or variables"],
  ["env -i rm", "env with options or variables"],
  ["stdbuf -o0 rm", "stdbuf with options or variables"],
  ["xargs -I x rm x", "xargs with options or variables"],
  ["sudo rm", "sudo runs what it is given"],
  ["/bin/sh -c rm", "sh runs what it is given"],
  ["eval rm", "eval runs what it is given"],
  ["git -c a=b log", "an option of git before its command can run others"],
  ["find . -exec rm {} +", "find -exec runs commands"],
  ["find . $x", "find with words that are not known"],
  ["test -v x", "test may evaluate its words"],
  ["printf $x", "printf may evaluate its words"],
])("%j is not certain: %s", async (line, doubt) => {
  expect((await unfolded(line)).doubts).toContain(doubt);
});

test.each([
  ["git commit -am x", false],
  ["git push origin main", false],
  ["git push --force", false],
  ["git log -5", true],
  ["git push ext::x", true],
  ["git push --receive-pack=x", true],
  ["node x.js", false],
  ["node", true],
  ["npm exec x", true],
  ["npm test", false],
  ["make -f x", true],
  ["make x", false],
  ["/usr/bin/git fetch", false],
])("%j may run or read what none of its words names: %s", async (line, expected) => {
  const [command] = (await readShell(line)).commands;
  expect(command && runsArguments(command)).toBe(expected);
});

test.each([
  ["a ~/x", ["literal"]],
  ["a ~", ["literal"]],
  ["a b~", ["literal"]],
  ["a x=~/y x:~/y ~:~/y", ["literal", "literal", "literal"]],
  ["a ~root/x", ["unknown"]],
  ["a ~+ ~-", ["unknown", "unknown"]],
  ["a x=~root", ["unknown"]],
  ["a x:~root", ["unknown"]],
  ["a b~root", ["literal"]],
  ['a "~root"', ["literal"]],
])("whose home is meant is only known of one's own: %j", async (line, kinds) => {
  const [command] = (await readShell(line)).commands;
  expect(command?.words.slice(1).map(({ kind }) => kind)).toEqual(kinds);
});

test.each([
  ["a;b", ["a", "b"]],
  ["a&b", ["a", "b"]],
  ["a&&b||c", ["a", "b", "c"]],
  ["a|b|&c", ["a", "b", "c"]],
  ["(a;b)&&c", ["a", "b", "c"]],
  ["ls >x;b", ["ls", "b"]],
])("the commands of %j are %j", async (line, names) => {
  const { commands, unclear } = await readShell(line);
  expect(commands.map(({ words }) => words[0]?.text)).toEqual(names);
  expect(unclear).toEqual([]);
});
