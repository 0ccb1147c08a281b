// The body of a program that is no chapter.
import { errorMessage } from "../errors.ts";
import { screenOn } from "./style.ts";

/** Runs a program whose exit code `main` resolves with. What that throws is one line on stderr, and exit code 1. */
export async function runMain(main: () => number | Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    screenOn(process.stderr).line(errorMessage(error));
    process.exitCode = 1;
  }
}
