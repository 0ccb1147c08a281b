// For tests: programs to grade, and one check of one stage.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "@course/runtime/terminal";
import type { Program } from "../src/command-line.ts";
import type { Stage } from "../src/check.ts";
import { grade, type Graded } from "../src/grade.ts";
import { stages } from "../src/stages/index.ts";

export const never = new AbortController().signal;

export function program(command: string, more: Partial<Program> = {}): Program {
  return { command, stdin: false, from: REPOSITORY, seconds: 60, ...more };
}

/** The agent of test/agents that passes every stage, or one with a fault. */
export function whole(fault?: string): Program {
  const agent = join(import.meta.dirname, "agents/whole.mjs");
  return program(`node ${agent}${fault === undefined ? "" : ` --break ${fault}`}`, { seconds: 15 });
}

function stageNamed(name: string): Stage {
  const found = stages.find((stage) => stage.name === name);
  if (!found) throw new Error(`There is no stage ${name}.`);
  return found;
}

/** Runs what this check needs, and no more. */
export async function gradeCheck(agent: Program, stageName: string, check: string): Promise<Graded> {
  const stage = stageNamed(stageName);
  const cases = stage.cases.filter(({ checks }) => checks.some(({ name }) => name === check));
  const graded = await grade(agent, [{ ...stage, cases }], never);
  const found = graded.flatMap(({ checks }) => checks).find(({ name }) => name === check);
  if (!found) throw new Error(`There is no check "${check}" in ${stageName}.`);
  return found;
}

/** The names of the checks that did not pass, with what came. */
export async function failures(agent: Program, names: readonly string[]): Promise<string[]> {
  const graded = await grade(agent, names.map(stageNamed), never);
  return graded.flatMap(({ checks }) =>
    checks.flatMap(({ name, status, came, why }) =>
      status === "passed" ? [] : [`${status}: ${name}: ${came}${why === undefined ? "" : `; ${why}`}`],
    ),
  );
}

/** Processes whose command line holds the text. Without /proc none is found. */
export function running(text: string): string[] {
  if (!existsSync("/proc/self")) return [];
  return readdirSync("/proc").filter((pid) => {
    try {
      return (
        /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").includes(text)
      );
    } catch {
      return false;
    }
  });
}
