// What a program has of its process. Tests give one of their own, so that many programs run in one process.
// Not covered: the prompt for a person (repl.ts), which takes the process's own terminal.
import type { Readable, Writable } from "node:stream";

type Output = Writable & { isTTY?: boolean; columns?: number; rows?: number };

export interface Host extends Pick<NodeJS.Process, "argv" | "env" | "on"> {
  stdin: Readable & { isTTY?: boolean };
  stdout: Output;
  stderr: Output;
  /** Does not return in a process of the program's own, and does in a test. */
  exit(code: number): void;
}
