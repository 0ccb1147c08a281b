// Live sessions in a real browser: what is shown, in which order, and that it ends with the program.
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { buildPage } from "../src/index.ts";
import { browserTest } from "./browser.ts";
import { openBrowser } from "./chromium.ts";
import { inspect } from "./program.ts";

let browser: Browser | undefined;
beforeAll(async () => {
  await buildPage();
});
afterAll(() => browser?.close());

/** Opens a page; what its console complains of, and requests that fail or go elsewhere, are noted. */
async function open(address: string, options: Parameters<Browser["newPage"]>[0] = {}) {
  browser ??= await openBrowser();
  const page = await browser.newPage({ viewport: { width: 1100, height: 900 }, ...options });
  const problems: string[] = [];
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith(address.replace(/#.*/, ""))) problems.push(`a request to ${request.url()}`);
  });
  await page.goto(address);
  return { page, problems };
}

/** All text of the conversation, which is drawn only in part: from the top down, card by card. */
async function readAll(page: Page): Promise<string> {
  const list = page.locator(".tp-messages");
  const scroll = (to: number) => list.evaluate((element, top) => void (element.scrollTop = top), to);
  const cards = new Map<number, string>();
  await scroll(0);
  await list.locator(".tp-prefix").waitFor();
  for (let top = 0; top <= (await list.evaluate(({ scrollHeight }) => scrollHeight)); top += 200) {
    await scroll(top);
    await page.evaluate("new Promise((go) => requestAnimationFrame(() => setTimeout(go, 50)))");
    // At once: while a run goes on, a card may be gone between two questions.
    const drawn = await list
      .locator("[data-index]")
      .evaluateAll((elements) =>
        elements.map(
          (card) =>
            [Number(card.getAttribute("data-index")), "innerText" in card ? card.innerText : ""] as const,
        ),
      );
    for (const [index, text] of drawn) cards.set(index, text);
  }
  return [...cards]
    .toSorted(([one], [other]) => one - other)
    .map(([, text]) => text)
    .join("\n");
}

const titled = (page: Page, hasText: string) => page.locator(".tp-title", { hasText }).waitFor();
const title = (page: Page) => page.locator(".tp-title").innerText();

browserTest(
  "a live run of s13 shows the prompt, its calls and their results in order, and is gone after it",
  async () => {
    const program = await inspect("s13-background-tasks", ["--offline"]);
    const { page, problems } = await open(program.address);
    program.type(
      "Run `sleep 1; echo a ok`, `sleep 1; echo b ok` and `sleep 1; echo c ok` in the background, and create notes/plan.md meanwhile",
    );
    await page.locator(".tp-mark[data-kind=injected]").first().waitFor();
    await titled(page, "The run ends");
    expect(await page.locator(".tp-drawing path[data-kind=task]").count()).toBe(3);
    const text = await readAll(page);
    const order = [
      "in the background, and create",
      "background_run",
      "Started bg_1",
      "write_file",
      "background-results",
      "a ok\n</task>",
    ];
    const places = order.map((part) => text.indexOf(part));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    const second = await open(program.address);
    await titled(second.page, "The run ends");
    expect(await readAll(second.page)).toBe(text);
    await second.page.close();
    expect(await program.end()).toBe(0);
    await page.getByText("The program has ended").waitFor();
    expect(problems).toEqual([]);
    await expect(fetch(program.address)).rejects.toThrow();
  },
);

browserTest("a wrong token opens nothing", async () => {
  const program = await inspect("s13-background-tasks", ["--offline"]);
  const { page } = await open(program.address.replace(/.{8}\/$/, "00000000/"));
  expect(await page.innerText("body")).toContain("Forbidden");
  expect(await page.locator(".tp").count()).toBe(0);
  await program.end();
});

browserTest("a live run of s15 shows each teammate's conversation, and works by keyboard alone", async () => {
  const program = await inspect("s15-agent-teams", ["--offline"]);
  const { page, problems } = await open(program.address);
  program.type(
    "Start three teammates: ada to find out which tests fail, bob to count the files, cleo to read README.md",
  );
  await page.locator(".tp-tabs button").nth(3).waitFor();
  await titled(page, "The run ends");
  const names = await page.locator(".tp-tabs button").allInnerTexts();
  expect(names.map((name) => name.trim())).toEqual(["main loop", "ada", "bob", "cleo"]);
  await page.getByRole("button", { name: "ada" }).first().click();
  await page.keyboard.press("End");
  expect(await readAll(page)).toContain("which tests fail");
  await page.locator(".tp").focus();
  await page.keyboard.press("Home");
  expect(await page.locator(".tp-count").innerText()).toContain("Step 1 of");
  expect(await title(page)).toBe("A prompt");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  expect(await page.locator(".tp-count").innerText()).toContain("Step 3 of");
  await page.waitForURL(/#s15:3$/);
  await page.keyboard.press("Space");
  await page.locator(".tp-count", { hasNotText: "Step 3 of" }).waitFor();
  await page.keyboard.press("Space");
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate("axe.run(document)")) as axe.AxeResults;
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  await program.end();
  expect(problems).toEqual([]);
});

browserTest(
  "the request is shown byte for byte, a link opens its step, and nothing scrolls sideways at 360 pixels",
  async () => {
    const program = await inspect("s13-background-tasks", ["--offline"]);
    program.type("Run pwd");
    // While a run goes on, whoever stands at its last step goes on with it.
    const { page: live } = await open(program.address);
    await titled(live, "The run ends");
    await live.close();
    const { page, problems } = await open(`${program.address}#s13:3`, {
      viewport: { width: 360, height: 740 },
    });
    await page.locator(".tp-count", { hasText: "Step 3 of" }).waitFor();
    expect(await title(page)).toBe("A request is sent");
    await page.getByRole("button", { name: "Request JSON" }).click();
    await page.getByRole("button", { name: "Byte for byte" }).click();
    const body = await page.locator(".tp-json").innerText();
    expect(JSON.parse(body)).toMatchObject({ stream: true, messages: [{ content: [{ text: "Run pwd" }] }] });
    expect(body).toBe(JSON.stringify(JSON.parse(body)));
    await page.keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
    await program.end();
    expect(problems).toEqual([]);
  },
);
