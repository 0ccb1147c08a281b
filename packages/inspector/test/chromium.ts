// The system's Chromium, where there is one.
import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const { CHROMIUM } = process.env;
const path = (CHROMIUM === undefined ? PLACES : [CHROMIUM]).find((place) => existsSync(place));

/** Why nothing can be looked at in a browser; undefined if it can. */
export const browserMissing =
  path === undefined ? "there is no Chromium. Debian's package is chromium." : undefined;

export function openBrowser(): Promise<Browser> {
  // In a container the browser's own sandbox often cannot start; the pages are ours.
  return chromium.launch({ executablePath: path ?? "chromium", args: ["--no-sandbox"] });
}
