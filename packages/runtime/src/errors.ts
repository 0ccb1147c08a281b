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
  if (!(error instanceof Error)) return String(error);
  // Of zod, whose own message is JSON.
  return "issues" in error && Array.isArray(error.issues)
    ? describeIssues(error as unknown as Issues)
    : error.message;
}

/** As zod tells them. */
interface Issues {
  issues: readonly { path: readonly PropertyKey[]; message: string }[];
}

/** What is wrong with a value, field by field, on one line. */
export function describeIssues({ issues }: Issues): string {
  return issues.map(({ path, message }) => `${path.join(".") || "input"}: ${message}`).join("; ");
}

/** What the innermost cause says, or its code: a failed request says only there what failed. */
export function rootCause(error: Error): string {
  let deepest = error;
  while (deepest.cause instanceof Error) deepest = deepest.cause;
  const code = "code" in deepest ? String(deepest.code) : "";
  return errorMessage(deepest) || code || error.message;
}

/** The error's stack with those of its causes, so that the place where it was thrown is in it; undefined for what is none. */
export function errorStack(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const cause = errorStack(error.cause);
  return cause === undefined ? error.stack : `${error.stack}\nCaused by: ${cause}`;
}

/** Closes a union: a case that was forgotten is a type error, and at run time a bug that throws. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}
