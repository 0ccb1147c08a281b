// What a write or an edit would change, as lines of a diff: a question that only names the file is answered blindly.
// Not covered: the file may change between the question and the edit; edit_file then looks for its text anew.
import { errorCode, loadLater, readPlainFile, replaceText, type Place } from "@course/runtime";
import type * as Diff from "diff";
import { ruleName } from "./rules.ts";

const diff = loadLater<typeof Diff>("diff", import.meta.url);

const MOST_LINES = 16;
const NEW_FILE_LINES = 8;
const LONGEST_LINE = 160;
const MOST_BYTES = 1024 * 1024;
const DIFF_MS = 200;
const NO_DIFF = Symbol("no diff");

interface EditInput {
  file_path: string;
  content: string;
  old_string: string;
  new_string: string;
}

/** The lines to show under the question; none for a call that edits no file, and for one that will fail by itself. */
export function changeOf(name: string, input: unknown, place: Place): string[] {
  const {
    file_path: path,
    content,
    old_string: old,
    new_string: replacement,
  } = (input ?? {}) as Partial<EditInput>;
  if (ruleName(name) !== "Edit" || typeof path !== "string") return [];
  const before = textOf(path, place);
  if (before === NO_DIFF) return [];
  if (before === undefined) return typeof content === "string" ? newFile(content) : [];
  if (typeof content === "string") return changed(before, content);
  if (typeof old !== "string" || old === "" || typeof replacement !== "string") return [];
  return changed(before, replaceText(before, old, replacement).text);
}

/** Undefined for a file that is not there yet. Of one that is outside, too large or no file there is no diff. */
function textOf(path: string, place: Place): string | undefined | typeof NO_DIFF {
  try {
    return readPlainFile(place.resolve(path), MOST_BYTES).toString("utf8");
  } catch (error) {
    return errorCode(error) === "ENOENT" ? undefined : NO_DIFF;
  }
}

function newFile(content: string): string[] {
  return shortened(
    content
      .replace(/\n$/, "")
      .split("\n")
      .map((line) => `+${line}`),
    NEW_FILE_LINES,
  );
}

function changed(before: string, after: string): string[] {
  if (before === after) return ["(the file stays as it is)"];
  const patch = diff().structuredPatch("", "", before, after, "", "", { context: 2, timeout: DIFF_MS });
  if (!patch) return ["(the diff is too long to make)"];
  const lines = patch.hunks.flatMap(({ oldStart, lines: hunk }) => [`@@ line ${oldStart}`, ...hunk]);
  return shortened(lines, MOST_LINES);
}

function shortened(lines: readonly string[], most: number): string[] {
  const shown = lines
    .slice(0, lines.length > most + 1 ? most : lines.length)
    .map((line) => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line));
  const more = lines.length - shown.length;
  return more > 0 ? [...shown, `… ${more} more lines`] : shown;
}
