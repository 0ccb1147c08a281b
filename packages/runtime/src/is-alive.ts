import { errorCode } from "./safe-path.ts";

/** Whether a process with this number runs, whoever owns it. Numbers are given out again. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}
