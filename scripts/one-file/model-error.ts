// What to say of a call that failed: the API's own words.
import { errorMessage } from "@course/runtime";

export function describeModelError(error: unknown, _model?: unknown): string {
  return errorMessage(error);
}

export function isTooLong(error: unknown): boolean {
  return errorMessage(error).includes("prompt is too long");
}
