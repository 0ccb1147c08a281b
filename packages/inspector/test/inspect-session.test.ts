// A session that is inspected, within one program.
import { createModelClient, Session, type StampedEvent } from "@course/runtime";
import { expect, onTestFinished, test } from "vitest";
import { buildPage, inspectSession } from "../src/index.ts";

const KEY = "sk-ant-api03-0123456789";
const newSession = () => new Session(createModelClient({ env: { ANTHROPIC_API_KEY: KEY } }));

test("a session that takes up another is shown with what was said in that, once, and without the key", async () => {
  const earlier = newSession();
  const history: StampedEvent[] = [];
  earlier.on((event) => void history.push(event));
  earlier.addPrompt(`my key is ${KEY}`);

  await buildPage();
  const session = newSession();
  const said: string[] = [];
  const { stop } = await inspectSession(session, "full", [KEY], (line) => said.push(line));
  onTestFinished(() => stop?.());
  expect(said).toEqual([expect.stringMatching(/^Inspector: http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/$/)]);
  const address = said[0]?.replace("Inspector: ", "") ?? "";
  expect((await fetch(address)).headers.get("content-type")).toBe("text/html; charset=utf-8");

  session.notice("one");
  session.restore("an-id", history);
  session.notice("two");
  session.notice("three");
  const shown = fetch(`${address}events`).then((response) => response.text());
  // The end is told to who looks by then.
  await (await fetch(address)).text();
  await stop?.();
  const text = await shown;
  expect(text).toContain(`{"name":"full","model":"${session.model.id}","isLive":true}`);
  const [, json = "[]"] = /^event: events\ndata: (.*)$/m.exec(text) ?? [];
  const events = JSON.parse(json) as StampedEvent[];
  expect(events.map((event) => (event.type === "notice" ? event.message : event.type))).toEqual([
    "one",
    "appended",
    "prompt",
    "two",
    "three",
  ]);
  expect(text).toContain("my key is [redacted]");
  expect(text).not.toContain(KEY);
});
