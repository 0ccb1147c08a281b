// The built site: its links, what it holds without JavaScript, and every page in a real browser.
import { readFileSync, statSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { chapters, ROOT } from "../../scripts/lib/chapters.ts";
import { BASE, buildSite, fileFor, pagesOf, serve } from "./built-site.ts";
import { browserTest, closeBrowser, faultsOf, openPage, weigh } from "./pages.ts";

/** Of 190 comparisons, the ones that differ in kind. */
const COMPARED = ["compare/s12/s13.html", "compare/s01/full.html"];
const LESSON = "s13-background-tasks.html";

let folder: string;
let server: Server;
let address: string;

beforeAll(async () => {
  const start = performance.now();
  folder = await buildSite();
  console.log(`The site was built in ${((performance.now() - start) / 1000).toFixed(0)} s.`);
  ({ server, address } = await serve(folder));
}, 600_000);
afterAll(async () => {
  await closeBrowser();
  server.close();
});

const read = (page: string) => readFileSync(join(folder, page), "utf8");
const linksOf = (html: string) => [...html.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, link = ""]) => link);

test("no link of any page is dead, and none loads anything from elsewhere", () => {
  const pages = pagesOf(folder);
  const anchors = new Map<string, Set<string>>();
  const idsOf = (file: string) => {
    const known =
      anchors.get(file) ??
      new Set([...readFileSync(file, "utf8").matchAll(/ id="([^"]+)"/g)].map(([, id = ""]) => id));
    anchors.set(file, known);
    return known;
  };
  const dead = pages.flatMap((page) =>
    linksOf(read(page)).flatMap((link) => {
      if (/^(?:https?:|data:|mailto:)/.test(link)) return [];
      const { pathname, hash } = new URL(link.replaceAll("&amp;", "&"), `http://x${BASE}${page}`);
      const file = pathname.startsWith(BASE)
        ? fileFor(join(folder, decodeURIComponent(pathname.slice(BASE.length))))
        : undefined;
      const id = decodeURIComponent(hash.slice(1));
      if (file?.endsWith("source.html") && id.includes("."))
        return fileFor(join(folder, "data/files", `${id}.json`)) ? [] : [`${page}: no source ${id}`];
      const isThere = file !== undefined && (id === "" || idsOf(file).has(id));
      return isThere ? [] : [`${page}: ${link}`];
    }),
  );
  expect(dead).toEqual([]);
  const loads = pages.flatMap((page) =>
    [...read(page).matchAll(/<(?:script|link|img|iframe)[^>]*(?:src|href)="(https?:[^"]+)"/g)].map(
      ([, url]) => url,
    ),
  );
  expect(loads).toEqual([]);
});

test.for(chapters.map(({ name }) => name))("%s is whole without JavaScript", (name) => {
  const html = read(`${name}.html`);
  const shown = plain(html.replace(/<script[\s\S]*?<\/script>/g, "").replace(/<[^>]+>/g, ""));
  const lesson = readFileSync(join(ROOT, "docs", `${name}.md`), "utf8");
  const fences = [...lesson.matchAll(/^```\w*\n([\s\S]*?)^```/gm)].map(([, text = ""]) =>
    plain(escaped(text)),
  );
  expect(fences.length).toBeGreaterThan(5);
  expect(fences.filter((text) => !shown.includes(text))).toEqual([]);
});

test("each chapter's lesson leads to those beside it", () => {
  const turns = chapters.map(({ name }) =>
    [...read(`${name}.html`).matchAll(/href="([^"]+)" rel="(prev|next)"/g)].map(([, href]) => href),
  );
  const link = (name: string | undefined) => (name === undefined ? [] : [`${BASE}${name}.html`]);
  const expected = chapters.map((_, at) => [
    ...link(chapters[at - 1]?.name ?? "s00-overview"),
    ...link(chapters[at + 1]?.name),
  ]);
  expect(turns).toEqual(expected);
});

test("what is loaded names no folder of the machine that built it", () => {
  const files = ["traces/s13-5.jsonl", "traces/s11-1.jsonl"].map((file) => read(`data/${file}`));
  expect(files.filter((text) => text.includes(ROOT) || text.includes("/tmp/"))).toEqual([]);
});

browserTest(
  "every page: no error, no failed request, nothing that axe finds serious, nothing sideways",
  async () => {
    const pages = pagesOf(folder).filter((page) => !page.startsWith("compare/") || COMPARED.includes(page));
    expect(await faultsOf(address, pages)).toEqual([]);
  },
  600_000,
);

browserTest(
  "nothing that axe finds serious in dark colours",
  async () => {
    const pages = ["index.html", LESSON, ...COMPARED, "chapters.html"];
    expect(await faultsOf(address, pages, { colorScheme: "dark" })).toEqual([]);
  },
  120_000,
);

browserTest("beside the prose stands the whole file, with the quoted lines lit", async () => {
  const { page } = await openPage(address, LESSON);
  const chip = page.getByRole("button", { name: "BackgroundManager.drain" });
  await chip.click();
  const lit = page.locator(".walk-pane .is-lit .code");
  await lit.first().waitFor();
  expect((await lit.allInnerTexts()).join("\n")).toContain("const ended = this.#ended.splice(0);");
  expect(await page.locator(".walk-pane .row").count()).toBeGreaterThan(150);
  await page.close();
});

browserTest("a transcript's player is on the run that the text shows; a link opens its step", async () => {
  const { page } = await openPage(address, `${LESSON}#s13-10:7`);
  await page.getByText(/^Step 7 of \d+$/).waitFor();
  await page.getByText("s13, prompt 10.", { exact: false }).first().waitFor();
  await page.close();
});

browserTest("a prompt copies its command, and the search finds a word of a lesson", async () => {
  const { page } = await openPage(address, LESSON, { permissions: ["clipboard-read", "clipboard-write"] });
  await page.locator(".block-tryit .copy-command").nth(4).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("npm run s13 -- --try 5");
  await page.keyboard.press("/");
  await page.getByRole("searchbox").or(page.locator("#localsearch-input")).first().fill("mailbox");
  const found = page.locator(".VPLocalSearchBox .result");
  await found.first().waitFor();
  expect(await found.first().getAttribute("href")).toMatch(/s15|s16|s17|glossary|data-structures|team/);
  await page.close();
});

browserTest("two chapters, file by file, side by side; another pair is two choices away", async () => {
  const { page } = await openPage(address, "compare/s12/s13");
  await page.locator(".compare .come").first().waitFor();
  expect(await page.locator(".compare tbody tr").first().innerText()).toContain("@course/runtime");
  await page.getByLabel("From").selectOption("s03");
  await page.waitForURL(/compare\/s03\/s13/);
  await page.getByRole("heading", { name: "s03 and s13" }).waitFor();
  await page.close();
});

browserTest(
  "a lesson is readable soon on a slow machine, with little JavaScript",
  async () => {
    const { shownMs, scriptBytes } = await weigh(address, LESSON);
    console.log(
      `${LESSON}: text after ${shownMs.toFixed(0)} ms at a quarter of the speed, ${(scriptBytes / 1000).toFixed(0)} kB of JavaScript, compressed`,
    );
    // A quiet machine shows it in less than a second; this one may be busy with other tests.
    expect(shownMs).toBeLessThan(5_000);
    expect(scriptBytes).toBeLessThan(250_000);
  },
  60_000,
);

/** With PICTURES=1 they are taken anew: after a change of the player, or of what s13 does. */
browserTest.for(["light", "dark"] as const)(
  "the README's picture is of this page, %s",
  async (colorScheme) => {
    const { page } = await openPage(address, "index.html#s13-5:28", {
      colorScheme,
      viewport: { width: 1100, height: 900 },
    });
    await page.getByText(/^Step 28 of \d+$/).waitFor();
    const path = join(ROOT, `docs/pictures/s13-${colorScheme}.png`);
    const shot = await page.locator(".home .run").screenshot();
    if (process.env["PICTURES"] === "1") writeFileSync(path, shot);
    expect(statSync(path).size).toBeLessThan(200_000);
    expect(shot.length).toBeLessThan(200_000);
    await page.close();
  },
);

/** Without the white space that HTML and Markdown need not share. */
function plain(text: string): string {
  return text
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/\s+/g, "");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
