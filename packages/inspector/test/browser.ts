// Tests in a real browser.
import { test } from "vitest";
import { browserMissing } from "./chromium.ts";

/** A test in a real browser. Without one it is skipped, and its name says so. */
export const browserTest = browserMissing === undefined ? test : test.skipIf(true);

if (browserMissing !== undefined) console.warn(`The tests in a browser were not run: ${browserMissing}`);
