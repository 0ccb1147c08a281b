// What every room says about errors.

/** What a tool throws when the model can mend the call: the message is for the model to read. */
export class ToolError extends Error {
  override readonly name = "ToolError";
}

/** The code of a system error, such as ENOENT; "unknown" for anything else. */
export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown";
}

/** What was thrown, in words, whatever it is. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Closes a union: a case that was forgotten is a type error, and at run time a bug that throws. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}
