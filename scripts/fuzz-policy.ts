// npm run fuzz:policy: looks for command lines that the permissions of s07 let through and should not. Lines are judged
// here and run in a sandbox only. --minutes 10, or --lines 1000; --seed repeats a run.
import { knownLines } from "./fuzz/known-lines.ts";
import { fuzz } from "./fuzz/run.ts";
import { runScript } from "./lib/chapters.ts";
import { commandLine } from "./lib/command-line.ts";

void runScript(async () => {
  const { values } = commandLine(import.meta.filename, {
    minutes: { type: "string" },
    lines: { type: "string" },
    seed: { type: "string" },
  });
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : count("seed", values.seed);
  const limit =
    values.lines === undefined
      ? { minutes: values.minutes === undefined ? 1 : count("minutes", values.minutes) }
      : { lines: count("lines", values.lines) };
  console.log(`seed ${seed}`);
  const { tried, ran, hasBox, findings } = await fuzz({ known: knownLines(), seed, ...limit });
  for (const { line, what } of findings) console.log(`FOUND ${what}\n      ${JSON.stringify(line)}`);
  const how = hasBox
    ? `${ran} of them run in the sandbox`
    : "none of them run, for there is no unshare for ordinary users here";
  console.log(`${tried} lines, ${how}; ${findings.length} findings`);
  if (findings.length > 0) process.exitCode = 1;
});

function count(name: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`--${name} ${text}: expected a whole number.`);
  return Number(text);
}
