// What it costs to look: a long trace in a real browser, and a session that could be looked at.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildPage, Inspector } from "@course/inspector";
import { baseTools, defineAgent, run, Session, Workspace, type StampedEvent } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import type { Page } from "playwright-core";
import { browserMissing, openBrowser } from "../../packages/inspector/test/chromium.ts";
import { ratios, timed, type Figure } from "./figure.ts";
import { newAgent, stubbedModel, TURNS } from "./instant.ts";

const EVENTS = 5_000;
const obstacle = () => browserMissing;

export const player: Figure = {
  name: "player",
  question: `a trace of ${EVENTS.toLocaleString("en-US")} events, from its address until it is drawn`,
  aim: 1_000,
  unit: "ms",
  obstacle,
  measure: () =>
    inBrowser(async (page, address) => {
      const values: number[] = [];
      for (let round = -1; round < 5; round++) {
        await page.goto("about:blank");
        const drawn = await timed(async () => {
          await page.goto(`${address}#bench:${EVENTS}`);
          await page.locator(".tp-card").first().waitFor();
        });
        if (round >= 0) values.push(drawn);
      }
      return { values, context: `${await page.locator(".tp-count span").first().innerText()} is shown` };
    }),
};

/** In the page: moves the slider from one end to the other and back, a place each frame, and notes how long each took. */
const SCRUB = `new Promise((resolve) => {
  const slider = document.querySelector(".tp-track input");
  const last = Number(slider.max);
  const frames = [];
  let before = performance.now();
  let drawn = 0;
  const next = (now) => {
    if (drawn > 0) frames.push(now - before);
    before = now;
    if (++drawn > 400) return resolve(frames);
    slider.value = String(1 + Math.round(last * (1 - Math.abs(1 - drawn / 200))));
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
})`;

export const scrub: Figure = {
  name: "scrub",
  question:
    "what a frame takes of the page's thread while one scrubs through it; 60 a second leave it 16.7 ms",
  aim: 10,
  unit: "ms",
  obstacle,
  measure: () =>
    inBrowser(async (page, address) => {
      await page.goto(address);
      await page.locator(".tp-card").first().waitFor();
      const client = await page.context().newCDPSession(page);
      await client.send("Performance.enable");
      const threadTime = async () => {
        const { metrics } = await client.send("Performance.getMetrics");
        return (metrics.find(({ name }) => name === "ThreadTime")?.value ?? NaN) * 1000;
      };
      const values: number[] = [];
      const all: number[] = [];
      for (let round = 0; round < 5; round++) {
        const before = await threadTime();
        const frames = (await page.evaluate(SCRUB)) as number[];
        values.push(((await threadTime()) - before) / frames.length);
        all.push(...frames);
      }
      const at = (q: number) => all.toSorted((a, b) => a - b)[Math.floor(all.length * q)]?.toFixed(1);
      return { values, context: `from one frame to the next ${at(0.5)} ms, 95 % ${at(0.95)} ms` };
    }),
};

export const inspector: Figure = {
  name: "inspector",
  question: "a turn without HTTP, with --inspect and nobody looking, against one without",
  aim: 1.03,
  unit: "ratio",
  async measure() {
    const agent = newAgent();
    const server = await Inspector.open({ page: new Map(), name: "bench", model: "m", isLive: true });
    const runs = async (watch: boolean) => {
      const session = new Session(stubbedModel(() => {}));
      if (watch) session.on((event) => server.add(event));
      // The processor's time: what others do on the machine at the same time is larger than what is measured.
      const before = process.cpuUsage();
      await run(agent, session, "go");
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1_000;
    };
    const { values, subject, limit } = await ratios(
      200,
      () => runs(true),
      () => runs(false),
    );
    await server.close();
    const turn = (time: number) => `${((time / TURNS) * 1_000).toFixed(0)} µs`;
    return { values, context: `${turn(subject)} a turn, without ${turn(limit)}` };
  },
};

async function inBrowser<T>(look: (page: Page, address: string) => Promise<T>): Promise<T> {
  const page = await buildPage((line) => console.error(line));
  const server = await Inspector.open({ page, name: "bench", model: "none", isLive: false });
  for (const event of await longTrace()) server.add(event);
  const browser = await openBrowser();
  try {
    const opened = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    return await look(opened, server.address);
  } finally {
    await browser.close();
    await server.close();
  }
}

/** A real session's: it reads a file of 60 lines again and again. */
async function longTrace(): Promise<StampedEvent[]> {
  const workspace = new Workspace(temporaryFolder());
  writeFileSync(join(workspace.root, "a.txt"), "a line of a file that is read\n".repeat(60));
  const agent = defineAgent({
    name: "bench",
    instructions: "Be brief.",
    tools: baseTools(workspace),
    maxTurns: 2_000,
  });
  const session = new Session(stubbedModel(() => {}));
  const events: StampedEvent[] = [];
  session.on((event) => {
    events.push(event);
    if (events.length === EVENTS) session.interrupt();
  });
  await run(agent, session, "go");
  return events.slice(0, EVENTS);
}
