// npm start: where you are in the course, and what is next. In a terminal a menu; elsewhere the map as text.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { screenOn } from "../packages/runtime/src/terminal/style.ts";
import { ROOT, runScript } from "./lib/chapters.ts";
import { commandLine } from "./lib/command-line.ts";
import { mapLines, places } from "./start/map.ts";
import { menu } from "./start/menu.ts";

void runScript(async () => {
  commandLine(import.meta.filename, {});
  const isTerminal = process.stdin.isTTY && process.stdout.isTTY && process.env["TERM"] !== "dumb";
  if (isTerminal) return menu({ runScript: runHere });
  const screen = screenOn(process.stdout);
  const all = places((problem) => screen.line(problem));
  for (const line of mapLines(all)) screen.line(line);
});

/** In this terminal, with the name under which npm would run it: the program's advice names its script. */
function runHere(script: string, file: string, args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, ["--import", "./scripts/preflight.mjs", file, ...args], {
    cwd: ROOT,
    stdio: "inherit",
    env: { ...process.env, npm_lifecycle_event: script },
  });
  // The terminal sends Ctrl-C to both; what to do about it is for the child to say.
  const ignore = () => {};
  process.on("SIGINT", ignore);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      process.off("SIGINT", ignore);
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}
