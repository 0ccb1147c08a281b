// Whatever a program does is one result, and nothing that it started is left.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { firstLook } from "../src/grade.ts";
import { never, program, running } from "./program.ts";

const SECONDS = 2;
const agents = join(import.meta.dirname, "agents");

/** What the first run of a program says. */
const look = (command: string, seconds = SECONDS) => firstLook(program(command, { seconds }), never);

/** A script of its own, so that the command and its prompt are one word. */
function script(name: string, text: string): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, text);
  return path;
}

test.concurrent.each<[command: string, problem: RegExp, seconds?: number]>([
  ["no-such-program-7", /^The command was not found/],
  ["echo hello; true", /^It made no request to ANTHROPIC_BASE_URL, and ended with exit code 0/],
  ["sleep 1000; true", /^It made no request to ANTHROPIC_BASE_URL, and did not end in time/, SECONDS],
  ["trap '' TERM INT; while :; do sleep 1; done; true", /did not end in time/, SECONDS],
  ["kill -SEGV $$; true", /^It made no request to ANTHROPIC_BASE_URL, and was ended by SIGSEGV/],
  ["yes; true", /^It made no request to ANTHROPIC_BASE_URL, and printed without end/],
  [
    "curl -s $ANTHROPIC_BASE_URL/v1/chat/completions -d {} -H x-api-key:x -H anthropic-version:2023-06-01; true",
    /^It did not ask POST \/v1\/messages, but \/v1\/chat\/completions \(404\)/,
  ],
  [
    "curl -s $ANTHROPIC_BASE_URL/v1/messages -d {}; true",
    /^The API refused its first request \(401: x-api-key header is required\)/,
  ],
  [`node ${agents}/whole.mjs {prompt}; sleep 1000`, /^It asked the model, and did not end within 10 s/, 10],
  [
    `node ${agents}/whole.mjs --break asks-on {prompt} > /dev/null; kill -KILL $$`,
    /^It asked the model, and was ended by SIGKILL/,
  ],
])("%s", async (command, problem, seconds = 60) => {
  expect((await look(command, seconds)).problem).toMatch(problem);
});

test("a gigabyte of output is cut, its end is shown, and memory stays as it was", async () => {
  const before = process.memoryUsage().rss;
  const path = script("flood.sh", 'head -c 1000000000 /dev/zero | tr "\\0" "x"\n');
  const { problem, printed = [] } = await look(`bash ${path}`, 30);
  expect(problem).toContain("printed without end");
  expect(printed.join("").length).toBeLessThan(300_000);
  expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
});

test.concurrent("a program that starts daemons and goes leaves none", async () => {
  const path = script(
    "daemons.sh",
    "for i in 1 2 3 4 5 6; do setsid sleep 31415.1 & done\nsleep 31415.2 &\n",
  );
  expect((await look(`bash ${path}`)).problem).toContain("made no request");
  expect(running("sleep 31415")).toEqual([]);
});

test.concurrent("a program that forks on until its time is over leaves no process", async () => {
  const path = script(
    "forks.sh",
    "fork() { while :; do setsid sleep 27182.8 & sleep 0.02; done; }\nfork &\ncd /\nsetsid bash -c 'while :; do sleep 27182.7 & sleep 0.05; done' &\nwait\n",
  );
  expect((await look(`bash ${path}`)).problem).toContain("did not end in time");
  expect(running("27182")).toEqual([]);
});
