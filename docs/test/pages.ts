// Pages in a browser, and what can be wrong with one.
import { gzipSync } from "node:zlib";
import axe from "axe-core";
import type { Browser, Page, Response } from "playwright-core";
import { browserTest } from "../../packages/inspector/test/browser.ts";
import { openBrowser } from "../../packages/inspector/test/chromium.ts";

export { browserTest };

const WIDTHS = [1440, 360];

type PageOptions = Parameters<Browser["newPage"]>[0];

export interface OpenedPage {
  page: Page;
  /** Errors of the console, failed requests and requests to elsewhere, as they come. */
  problems: string[];
}

let browser: Browser | undefined;

export async function closeBrowser(): Promise<void> {
  await browser?.close();
}

export async function openPage(
  address: string,
  path: string,
  options: PageOptions = {},
): Promise<OpenedPage> {
  browser ??= await openBrowser();
  const viewport = { width: 1440, height: 900 };
  const page = await browser.newPage({ viewport, reducedMotion: "reduce", ...options });
  const problems: string[] = [];
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(error.message));
  page.on(
    "response",
    (response) => response.ok() || problems.push(`${response.status()} for ${response.url()}`),
  );
  page.on("request", (request) => {
    if (!request.url().startsWith("data:") && !request.url().startsWith(address))
      problems.push(`a request to ${request.url()}`);
  });
  await load(page, address, path);
  return { page, problems };
}

async function load(page: Page, address: string, path: string): Promise<void> {
  await page.goto(`${address}${path}`, { waitUntil: "networkidle" });
}

/** What is wrong with pages at each width. One tab for all: what they share is loaded and compiled once. */
export async function faultsOf(
  address: string,
  paths: readonly string[],
  options: PageOptions = {},
): Promise<string[]> {
  const { page, problems } = await openPage(address, "404.html", options);
  const faults: string[] = [];
  for (const path of paths) {
    problems.length = 0;
    await load(page, address, path);
    faults.push(...(await faultsIn({ page, problems })).map((fault) => `${path}: ${fault}`));
  }
  await page.close();
  return faults;
}

async function faultsIn({ page, problems }: OpenedPage): Promise<string[]> {
  await page.evaluate(axe.source);
  const faults: string[] = [];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    await page.waitForTimeout(50);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (over > 0) faults.push(`scrolls ${over} pixels sideways at ${width}`);
    faults.push(...(await seriousIn(page)).map((fault) => `at ${width}: ${fault}`));
  }
  return [...faults, ...problems];
}

async function seriousIn(page: Page): Promise<string[]> {
  const { violations } = await page.evaluate<axe.AxeResults>("axe.run({ resultTypes: ['violations'] })");
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(
      ({ id, nodes }) =>
        `${id} at ${nodes
          .slice(0, 2)
          .map(({ html }) => html.slice(0, 160))
          .join(" and ")}`,
    );
}

/** How soon a lesson's text is there at a quarter of the processor's speed, and what its scripts weigh. */
export async function weigh(
  address: string,
  path: string,
): Promise<{ shownMs: number; scriptBytes: number }> {
  const { page } = await openPage(address, "glossary.html");
  const session = await page.context().newCDPSession(page);
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  const scripts: Response[] = [];
  page.on("response", (response) => {
    if (response.request().resourceType() === "script" || response.url().endsWith(".js"))
      scripts.push(response);
  });
  await page.goto(`${address}${path}`, { waitUntil: "networkidle" });
  const shownMs = await page.evaluate(
    () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Infinity,
  );
  const bodies = await Promise.all(scripts.map((response) => response.body()));
  const scriptBytes = bodies.reduce((sum, body) => sum + gzipSync(body).length, 0);
  await page.close();
  return { shownMs, scriptBytes };
}
