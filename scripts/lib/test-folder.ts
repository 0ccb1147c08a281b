// For vitest: what the tests of one run write lies in one folder, which is gone when they have ended.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** `temporaryFolder` of the runtime's test kit makes its folders there. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "course-tests-"));
  process.env["COURSE_TEST_FOLDER"] = folder;
  // A program that a test has ended may still be writing.
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}
