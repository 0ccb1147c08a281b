/** Closes a union: a case that was forgotten is a type error, and at run time a bug that throws. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}
