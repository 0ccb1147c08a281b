// What this machine has: the programs that the course runs, and the terminal that it writes to.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Check } from "./check.ts";

/** What is asked of the machine; tests hand in their own. */
export interface Machine {
  nodeVersion: string;
  /** The first line that a program prints; undefined if it cannot be run. */
  firstLine(program: string, ...args: string[]): string | undefined;
  /** Undefined where the output is no terminal. */
  terminal: { columns: number; hasColors: boolean } | undefined;
  /** The repository's root. */
  root: string;
}

const NARROWEST = 80;

export function thisMachine(root: string, { isTTY, columns }: NodeJS.WriteStream): Machine {
  const { TERM: term, NO_COLOR: noColor } = process.env;
  return {
    root,
    nodeVersion: process.versions.node,
    firstLine(program, ...args) {
      const { status, stdout } = spawnSync(program, args, { encoding: "utf8", timeout: 20_000 });
      return status === 0 ? stdout.split("\n", 1)[0]?.trim() : undefined;
    },
    // A terminal that does not know its size says 0.
    terminal: isTTY ? { columns: columns || NARROWEST, hasColors: !noColor && term !== "dumb" } : undefined,
  };
}

export function checkMachine(machine: Machine): Check[] {
  return [
    checkNode(machine),
    checkPnpm(machine),
    checkGit(machine),
    checkBash(machine),
    checkTerminal(machine),
  ];
}

function checkNode({ nodeVersion, root }: Machine): Check {
  const { engines } = manifestOf(root);
  const least = engines.node.replace(">=", "");
  const [major = 0, minor = 0] = nodeVersion.split(".").map(Number);
  const [leastMajor = 0, leastMinor = 0] = least.split(".").map(Number);
  const isNew = major > leastMajor || (major === leastMajor && minor >= leastMinor);
  const found = `Node ${nodeVersion}; ${least} or newer is needed`;
  if (isNew) return { name: "node", status: "ok", found };
  return { name: "node", status: "failed", found, next: "Install Node 22 or newer: https://nodejs.org" };
}

function checkPnpm({ firstLine, root }: Machine): Check {
  const wanted = manifestOf(root).packageManager.replace("pnpm@", "");
  const next = `Install the dependencies with it: npx pnpm@${wanted} install`;
  const program = join(root, "node_modules/.bin/pnpm");
  const version = existsSync(program) ? firstLine(program, "--version") : undefined;
  if (version === undefined)
    return { name: "pnpm", status: "failed", found: "pnpm is not installed here", next };
  const found = `pnpm ${version}`;
  if (version === wanted) return { name: "pnpm", status: "ok", found };
  return { name: "pnpm", status: "warning", found: `${found}; this repository wants ${wanted}`, next };
}

function checkGit({ firstLine }: Machine): Check {
  const version = firstLine("git", "--version");
  if (version !== undefined) return { name: "git", status: "ok", found: version };
  return {
    name: "git",
    status: "failed",
    found: "git cannot be run",
    next: "Install git: https://git-scm.com/downloads",
  };
}

function checkBash({ firstLine }: Machine): Check {
  const version = firstLine("bash", "--version");
  if (version !== undefined) return { name: "bash", status: "ok", found: version.replace(/ \(.*$/, "") };
  return {
    name: "bash",
    status: "failed",
    found: "bash cannot be run",
    next: "Install bash; on Windows use WSL. The agents run their commands with it.",
  };
}

function checkTerminal({ terminal }: Machine): Check {
  if (!terminal)
    return { name: "terminal", status: "skipped", found: "The output is no terminal, so it is plain text" };
  const { columns, hasColors } = terminal;
  const found = `Terminal of ${columns} columns, ${hasColors ? "with colours" : "without colours"}`;
  if (columns >= NARROWEST) return { name: "terminal", status: "ok", found };
  return {
    name: "terminal",
    status: "warning",
    found,
    next: `Make it ${NARROWEST} columns wide; some pictures and tables need that.`,
  };
}

function manifestOf(root: string) {
  return JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    engines: { node: string };
    packageManager: string;
  };
}
