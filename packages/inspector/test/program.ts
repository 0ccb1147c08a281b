// A chapter as a program with --inspect, as a learner starts it.
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "@course/runtime/testing";

const ROOT = join(import.meta.dirname, "../../..");

export interface Inspected {
  address: string;
  /** Types a line. */
  type(line: string): void;
  /** Ends its input, and resolves with its exit code when it has ended. */
  end(): Promise<number | null>;
}

/** Starts a chapter on the offline model. `flags` come after its own; prompts are typed. */
export async function inspect(chapter: string, flags: readonly string[] = [], env = {}): Promise<Inspected> {
  const folder = temporaryFolder();
  const main = `chapters/${chapter}/src/main.ts`;
  const args = ["--import", "./scripts/preflight.mjs", main, "--inspect", "--dir", folder, ...flags];
  const { ANTHROPIC_API_KEY: _, ...clean } = process.env;
  const child = spawn(process.execPath, args, { cwd: ROOT, env: { ...clean, HOME: folder, ...env } });
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  let said = "";
  const address = await new Promise<string>((resolve, reject) => {
    child.once("exit", () => reject(new Error(`It ended before it said where it is:\n${said}`)));
    child.stderr.on("data", (piece: Buffer) => {
      said += String(piece);
      const [, found] = /Inspector: (\S+)/.exec(said) ?? [];
      if (found !== undefined) resolve(found);
    });
  });
  return {
    address,
    type: (line) => void child.stdin.write(`${line}\n`),
    async end() {
      child.stdin.end();
      const code = await exited;
      rmSync(folder, { recursive: true, force: true });
      return code;
    },
  };
}
