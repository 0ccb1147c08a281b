// What a program does with an error that nobody caught: the course's own ends it, and the learner's does not.
import { expect, test } from "vitest";
import { createModelClient, defineAgent, Session } from "../src/index.ts";
import { Program } from "../src/terminal/program.ts";
import { newHost } from "../src/testing.ts";

const LEARNERS = "Error: no\n  at f (file:///x/practice/s13/src/tasks.ts:12:5)";
const OURS = "Error: no\n  at f (file:///x/chapters/s13/src/tasks.ts:12:5)";

/** Starts a program, lets the error reach the process, and returns what the session was told and what was printed. */
async function failing(name: string, stack: string, isMine: boolean) {
  const { host, printed, ended } = newHost();
  const listeners = new Map<string, (error: unknown) => void>();
  const on = (event: string, listener: () => void) => listeners.set(event, listener);
  host.on = on as unknown as typeof host.on;
  const session = new Session(createModelClient({ env: { ANTHROPIC_BASE_URL: "http://127.0.0.1:1" } }));
  const told: string[] = [];
  session.on((event) => event.type === "error" && told.push(event.message));
  const agent = defineAgent({ name: "t", instructions: "Be brief.", tools: [] });
  const program = new Program(agent, session, { host, ...(isMine && { mine: { chapters: "s13" } }) });
  await program.start();
  listeners.get(name)?.(Object.assign(new Error("no"), { stack }));
  const isOver = session.isClosed;
  await program.leave(0);
  return { told, isOver, printed: printed.stderr, code: (await ended).code };
}

test.each(["uncaughtException", "unhandledRejection"])(
  "%s of the learner's code is told, and the program goes on",
  async (name) => {
    expect(await failing(name, LEARNERS, true)).toEqual({
      told: ["no"],
      isOver: false,
      printed: "",
      code: 0,
    });
  },
);

test.each([
  ["in the course's code", OURS, true],
  ["where nothing is the learner's", LEARNERS, false],
])("an error %s is told, said to be ours, and ends the program", async (_, stack, isMine) => {
  expect(await failing("uncaughtException", stack, isMine)).toEqual({
    told: ["no"],
    isOver: true,
    printed: "\nInternal error: no\nThis is a fault of the course, not yours. --trace writes the details.\n",
    code: 1,
  });
});
