// Reading one instruction file, which may turn out to be a folder, a pipe or binary.
import { isUtf8 } from "node:buffer";
import { readPlainFile, withoutMark } from "@course/runtime";

const LARGEST_BYTES = 100_000;

/** Throws an Error whose message is a predicate, as in "is a folder". */
export function readInstructionSource(path: string): string {
  const bytes = readPlainFile(path, LARGEST_BYTES);
  if (!isUtf8(bytes)) throw new Error("is not UTF-8 text");
  return withoutMark(bytes.toString("utf8"));
}
