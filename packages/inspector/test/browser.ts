// The system's Chromium, where there is one.
import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";
import { test } from "vitest";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const { CHROMIUM } = process.env;
const path = (CHROMIUM === undefined ? PLACES : [CHROMIUM]).find((place) => existsSync(place));

/** A test in a real browser. Without one it is skipped, and its name says so. */
export const browserTest = path === undefined ? test.skipIf(true) : test;

if (path === undefined)
  console.warn("The tests in a browser were not run: there is no Chromium. Debian's package is chromium.");

export function openBrowser(): Promise<Browser> {
  // In a container the browser's own sandbox often cannot start; the pages are ours.
  return chromium.launch({ executablePath: path ?? "chromium", args: ["--no-sandbox"] });
}
