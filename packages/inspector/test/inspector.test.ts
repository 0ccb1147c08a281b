// The inspector's server, without a browser.
import { request, type IncomingMessage } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import type { StampedEvent } from "@course/runtime";
import { Inspector, type InspectorOptions } from "../src/index.ts";

const PAGE = new Map([
  ["", { type: "text/html", body: Buffer.from("the page") }],
  ["assets/a.js", { type: "text/javascript", body: Buffer.from("1") }],
]);
const opened: Inspector[] = [];
afterEach(() => Promise.all(opened.splice(0).map((inspector) => inspector.close())));

async function open(options: Partial<InspectorOptions> = {}): Promise<Inspector> {
  const inspector = await Inspector.open({ page: PAGE, name: "s13", model: "m", isLive: true, ...options });
  opened.push(inspector);
  return inspector;
}

const prompt = (text: string): StampedEvent => ({ type: "prompt", text, at: 1 });

/** Reads server-sent events until their text holds `last`. */
async function watch(address: string, last: string): Promise<{ text: string; leave(): void }> {
  const leaving = new AbortController();
  const response = await fetch(`${address}events`, { signal: leaving.signal });
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  const decoder = new TextDecoder();
  let [text, recent] = ["", ""];
  for await (const piece of response.body ?? []) {
    const more = decoder.decode(piece as Uint8Array, { stream: true });
    text += more;
    recent = recent.slice(-last.length) + more;
    if (recent.includes(last)) return { text, leave: () => leaving.abort() };
  }
  throw new Error(`It ended without ${last}:\n${text}`);
}

/** The status of a request with a Host header of one's own, which fetch would not send. */
function statusFor(address: string, host: string, method = "GET"): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(address, { method, headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on("error", reject).end();
  });
}

test("the page and its files are served to who knows the token", async () => {
  const { address } = await open();
  expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/$/);
  expect(await (await fetch(address)).text()).toBe("the page");
  expect((await fetch(`${address}assets/a.js`)).headers.get("content-type")).toBe("text/javascript");
  expect((await fetch(`${address}assets/b.js`)).status).toBe(404);
  expect((await fetch(`${address}../package.json`)).status).not.toBe(200);
});

test("a wrong token, or none, is refused with 403, whatever is asked for", async () => {
  const { address } = await open();
  const { origin } = new URL(address);
  const wrong = address.replace(/.(?=\/$)/, (digit) => (digit === "0" ? "1" : "0"));
  for (const url of [origin, `${origin}/`, `${origin}/events`, wrong, `${wrong}events`, address.slice(0, -1)])
    expect([url, (await fetch(url)).status]).toEqual([url, 403]);
});

test("a name that was made to lead to this machine is refused", async () => {
  const { address } = await open();
  const { port, host } = new URL(address);
  expect(await statusFor(address, "evil.example")).toBe(403);
  expect(await statusFor(address, `evil.example:${port}`)).toBe(403);
  expect(await statusFor(address, host)).toBe(200);
  expect(await statusFor(address, `localhost:${port}`)).toBe(200);
});

test("it is read only, and nothing on the page may call elsewhere", async () => {
  const { address } = await open();
  for (const method of ["POST", "PUT", "DELETE"])
    expect(await statusFor(address, new URL(address).host, method)).toBe(405);
  const { headers } = await fetch(address);
  expect(headers.get("content-security-policy")).toMatch(/^default-src 'self';/);
  expect(headers.get("cache-control")).toBe("no-store");
  expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(headers.get("access-control-allow-origin")).toBeNull();
});

test("who comes late sees all from the start, then what happens; two at once see the same", async () => {
  const inspector = await open();
  inspector.add(prompt("first"));
  inspector.add(prompt("second"));
  const early = watch(inspector.address, "third");
  const other = watch(inspector.address, "third");
  await watch(inspector.address, "second");
  inspector.add(prompt("third"));
  const [{ text }, { text: same }] = [await early, await other];
  const all = (sse: string) =>
    [...sse.matchAll(/^event: events\ndata: (.*)$/gm)].flatMap(
      ([, json = ""]) => JSON.parse(json) as StampedEvent[],
    );
  expect(all(text).map((event) => event.type === "prompt" && event.text)).toEqual([
    "first",
    "second",
    "third",
  ]);
  expect(all(same)).toEqual(all(text));
  expect(text).toContain('event: about\ndata: {"name":"s13","model":"m","isLive":true}');
});

test("who looks on sees one thing after the other, as they happen", async () => {
  const inspector = await open();
  const response = await fetch(`${inspector.address}events`);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (const said of ["first", "second", "third"]) {
    inspector.add(prompt(said));
    while (!text.includes(said)) text += (await reader?.read())?.value ?? "";
  }
  expect(text.match(/event: events/g)).toHaveLength(3);
  await reader?.cancel();
});

test("one who leaves in the middle is not missed, and the rest goes on", async () => {
  const inspector = await open();
  inspector.add(prompt("first"));
  const { leave } = await watch(inspector.address, "first");
  leave();
  const stays = watch(inspector.address, "third");
  for (const text of ["second", "third"]) inspector.add(prompt(text));
  expect((await stays).text).toContain("second");
});

test("at its end it tells what was not seen yet, says that it ends, and is gone", async () => {
  const inspector = await open();
  inspector.add(prompt("first"));
  const watching = watch(inspector.address, "event: end");
  await watch(inspector.address, "first");
  inspector.add(prompt("last"));
  await inspector.close();
  expect((await watching).text).toMatch(/last[^]*event: end/);
  await expect(fetch(inspector.address)).rejects.toThrow();
});

/** Asks for the events and reads none, until `read` is called, which resolves with what came up to `last` or to the end. */
async function dontRead(address: string): Promise<{ read(last?: string): Promise<string> }> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(`${address}events`, resolve).on("error", reject).end();
  });
  // It may be cut off.
  response.on("error", () => {});
  return {
    read: (last) =>
      new Promise((resolve) => {
        let [text, recent] = ["", ""];
        response.setEncoding("utf8").on("data", (piece: string) => {
          text += piece;
          recent = recent.slice(-100) + piece;
          if (last !== undefined && recent.includes(last)) resolve(text);
        });
        response.once("close", () => resolve(text));
      }),
  };
}

/** More than the system keeps for a reader. */
const LONG = "x".repeat(8_000_000);

test("the end waits for who still reads, so that the last word arrives whole", async () => {
  const inspector = await open();
  const reader = await dontRead(inspector.address);
  inspector.add(prompt(LONG));
  const closing = inspector.close();
  const text = await reader.read();
  expect(text.slice(-60)).toMatch(/xx.*event: end\ndata: 1\n\n$/s);
  await closing;
});

test("who does not read does not hold up the end, though more happens meanwhile", async () => {
  const inspector = await open();
  const reader = await dontRead(inspector.address);
  inspector.add(prompt(LONG));
  const closing = inspector.close();
  inspector.add(prompt("after the end"));
  await closing;
  expect((await reader.read()).includes("event: end")).toBe(false);
});

test("who does not read is sent no more until they do, and misses nothing", async () => {
  const inspector = await open();
  const reader = await dontRead(inspector.address);
  inspector.add(prompt(LONG));
  for (const text of ["1", "2", "3", "4", "5"]) {
    await delay(50);
    inspector.add(prompt(text));
  }
  // Who looks from now on waits for nobody.
  await watch(inspector.address, '"5"');
  const packets = [...(await reader.read('"5"')).matchAll(/^data: (\[.*\])$/gm)];
  expect(packets.length).toBe(2);
  const events = packets.flatMap(([, json = ""]) => JSON.parse(json) as StampedEvent[]);
  const lengths = events.map((event) => (event.type === "prompt" ? event.text.length : 0));
  expect(lengths).toEqual([LONG.length, 1, 1, 1, 1, 1]);
});

test("a secret is shown nowhere, also where JSON or a URL writes it otherwise", async () => {
  const secret = 'sk-ant-"api03"-x/y';
  const inspector = await open({ secrets: [secret, ""] });
  inspector.add(prompt(`the key is ${secret}, ${encodeURIComponent(secret)}`));
  inspector.add(prompt("last"));
  const { text } = await watch(inspector.address, "last");
  expect(text).toContain("the key is [redacted], [redacted]");
  expect(text).not.toContain("api03");
});
