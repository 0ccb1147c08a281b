// Calls that fail: what is waited for, what goes on where it stopped, and what is given up.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { call, say, script, scriptWith, type MessageRequest } from "@course/offline-model/test";
import { defineAgent, textOf } from "@course/runtime";
import { openSession, offeredTools } from "@course/runtime/testing";
import { errorRecovery } from "@course/s11-error-recovery";
import { expect, test } from "vitest";
import { createAgent } from "../src/agent.ts";
import { FULL, openWith } from "./open-with.ts";

test("offers the base tools", () => {
  expect(offeredTools(createAgent)).toEqual(["bash", "read_file", "write_file", "edit_file"]);
});

test("529 twice, then success: two waits, each twice as long, and the SDK tries nothing itself", async () => {
  const model = script(say("fine"));
  const open = await openWith(model, "529x2");
  expect(await open.run("go")).toMatchObject({ ending: "completed", answer: "fine" });
  expect(open.waits).toEqual([1_000, 2_000]);
  expect(open.traced()).toEqual(["overloaded 1", "overloaded 2"]);
  await open.close();
});

test("429 with retry-after: 2 waits at least that", async () => {
  const open = await openWith(script(say("fine")), "429");
  expect(await open.run("go")).toMatchObject({ answer: "fine" });
  expect(open.waits).toEqual([3_000]);
  await open.close();
});

test("full jitter: without luck there is no wait beyond what the server asks for", async () => {
  const waits: number[] = [];
  const effects = { sleep: (ms: number) => Promise.resolve(waits.push(ms)), random: () => 0 };
  const model = script(say("fine"));
  const open = await openSession(
    (workspace) =>
      defineAgent({ ...createAgent(workspace), extensions: [errorRecovery(workspace, effects)] }),
    model,
  );
  model.setFaults("429,529");
  await open.run("go");
  expect(waits, "the luckiest client's waits, after a 429 that asks for 2 s and a 529").toEqual([2_000, 0]);
  await open.close();
});

test("a stream that drops in the middle goes on where it stopped, and is one message", async () => {
  const model = script(say(FULL), (request) => {
    const [assistant, note] = request.messages.slice(-2);
    const written = textOf(assistant?.content ?? "");
    expect(FULL.startsWith(written) && written.length > 5).toBe(true);
    expect(JSON.stringify(note)).toContain("<continue-request>");
    return say(FULL.slice(written.length));
  });
  const open = await openWith(model, "drop");
  expect(await open.run("go")).toMatchObject({ answer: FULL });
  expect(open.session.messages).toHaveLength(2);
  expect(open.session.messages[1]).toMatchObject({
    role: "assistant",
    content: [{ type: "text", text: FULL }],
  });
  expect(open.traced()).toEqual(["lost 1"]);
  await open.close();
});

test("what was on the screen when the connection was lost does not come a second time", async () => {
  const model = script(say(FULL), (request: MessageRequest) => {
    const [assistant] = request.messages.filter(({ role }) => role === "assistant");
    return say(FULL.slice(textOf(assistant?.content ?? "").length));
  });
  const open = await openWith(model, "drop");
  await open.run("go");
  const shown = open.events.flatMap((event) => (event.type === "text" ? [event.text] : [])).join("");
  expect(shown.split("A long answer").length - 1, "how often the reply begins on the screen").toBe(1);
  expect(shown).toBe(FULL);
  await open.close();
});

test("a stream that drops before any text is asked again as it was", async () => {
  const model = script(
    call("bash", { command: "echo once >> log" }),
    call("bash", { command: "echo once >> log" }),
    say("done"),
  );
  const open = await openWith(model, "drop");
  await open.run("go");
  expect(model.requests[1]?.messages).toEqual(model.requests[0]?.messages);
  expect(open.results()).toHaveLength(1);
  await open.close();
});

test("a 401 fails at once, in one line", async () => {
  const open = await openWith(script(say("fine")), "401");
  expect(await open.run("go")).toMatchObject({ ending: "failed" });
  expect(open.waits).toEqual([]);
  expect(open.errors()).toEqual([expect.stringMatching(/refused the credentials \(401/)]);
  expect(open.traced()).toEqual([]);
  await open.close();
});

test("four 529 in a row end with one line, and the conversation is intact for another try", async () => {
  const model = script(say("fine"));
  const open = await openWith(model, "529x4");
  expect(await open.run("go")).toMatchObject({ ending: "failed" });
  expect(open.waits).toEqual([1_000, 2_000, 4_000]);
  expect(open.errors()).toEqual([expect.stringMatching(/^The model is overloaded/)]);
  expect(open.session.messages).toHaveLength(1);
  expect(await open.run("again")).toMatchObject({ answer: "fine" });
  const shown = await open.agent.extensions[0]?.commands?.["recovery"]?.run("", open.session);
  expect(shown).toMatch(/overloaded +3 +3\n[\s\S]*last: gave up on overloaded/);
  await open.close();
});

test("budgets are by kind: a call may meet several kinds, and a new call begins anew", async () => {
  const open = await openWith(
    script(call("bash", { command: "true" }), say("fine")),
    "529x2,500x2,429,529x2",
  );
  expect(await open.run("go")).toMatchObject({ ending: "failed" });
  expect(open.traced()).toEqual([
    "overloaded 1",
    "overloaded 2",
    "server_error 1",
    "server_error 2",
    "rate_limited 1",
    "overloaded 3",
  ]);
  expect(await open.run("again")).toMatchObject({ answer: "fine" });
  await open.close();
});

test("Ctrl-C ends the wait", async () => {
  const model = script(say("fine"));
  const open = await openSession(createAgent, model);
  model.setFaults("429");
  let interrupted = NaN;
  open.session.on((event) => {
    if (event.type !== "waiting") return;
    setTimeout(() => {
      interrupted = performance.now();
      open.session.interrupt();
    }, 50);
  });
  expect(await open.run("go")).toMatchObject({ ending: "interrupted" });
  // The wait would be of two seconds.
  expect(performance.now() - interrupted).toBeLessThan(1_500);
  expect(await open.run("again")).toMatchObject({ answer: "fine" });
  await open.close();
});

test("a server that asks for an hour is not waited for", async () => {
  const http = createServer((_, response) => {
    response.writeHead(429, { "content-type": "application/json", "retry-after": "3600" });
    response.end('{"type":"error","error":{"type":"rate_limit_error","message":"later"}}');
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const model = {
    start: () => Promise.resolve(`http://127.0.0.1:${(http.address() as AddressInfo).port}`),
    close: () => new Promise<void>((resolve) => void http.close(() => resolve())),
  };
  const open = await openSession(createAgent, model);
  expect(await open.run("go")).toMatchObject({
    ending: "failed",
    answer: expect.stringContaining("Rate limit reached"),
  });
  http.closeAllConnections();
  await open.close();
});

test("an endpoint that is not there is tried three more times, then named", async () => {
  const model = { start: () => Promise.resolve("http://127.0.0.1:9"), close: () => Promise.resolve() };
  const waits: number[] = [];
  const effects = { sleep: (ms: number) => Promise.resolve(waits.push(ms)), random: () => 1 };
  const open = await openSession(
    (workspace) =>
      defineAgent({ ...createAgent(workspace), extensions: [errorRecovery(workspace, effects)] }),
    model,
  );
  expect(await open.run("go")).toMatchObject({
    ending: "failed",
    answer: expect.stringContaining("No answer from 127.0.0.1:9"),
  });
  expect(waits).toHaveLength(3);
  await open.close();
});

test("faults in a row of every kind leave conversations that the API accepts", async () => {
  const model = scriptWith({ contextTokens: 50_000 }, ...Array.from({ length: 60 }, () => say(FULL)));
  const open = await openWith(model);
  for (const faults of [
    "drop,529",
    "529,drop",
    "500,drop,max_tokens",
    "max_tokens,529",
    "drop,drop,drop,drop",
    "429,429,drop",
  ]) {
    model.setFaults(faults);
    await open.run(faults);
    model.setFaults("");
    expect(await open.run("and?")).toMatchObject({ ending: "completed" });
  }
  await open.close();
});

test("a server that never begins to answer counts as a lost connection", async () => {
  const effects = { sleep: () => Promise.resolve(), random: () => 0, timeoutMs: 200 };
  const model = script(say("fine"));
  const open = await openSession(
    (workspace) =>
      defineAgent({ ...createAgent(workspace), extensions: [errorRecovery(workspace, effects)] }),
    model,
  );
  model.setFaults("hang");
  expect(await open.run("go")).toMatchObject({ answer: "fine" });
  expect(open.events).toContainEqual(
    expect.objectContaining({ type: "waiting", reason: "The connection was lost; attempt 1 of 3" }),
  );
  await open.close();
});
