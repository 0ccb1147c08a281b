// What the model is sent, shown before it is sent; and a question that waits no longer.
import { expect, test } from "vitest";
import { createModelClient, defineAgent, Session } from "../src/index.ts";
import { inspection } from "../src/terminal/messages.ts";

test("/messages names how many tools are loaded later, and --step asks before each request that adds something", async () => {
  const session = new Session(createModelClient({ env: { ANTHROPIC_API_KEY: "k" } }));
  const extension = inspection(true);
  await extension.start?.(session, defineAgent({ name: "t", instructions: "", tools: [] }));
  session.emit({ type: "prefix", system: "s", tools: [] });
  session.emit({ type: "deferred_tools", tools: [{ name: "x", input_schema: { type: "object" } }] });
  expect(await extension.commands?.["messages"]?.run("", session)).toContain(
    "tools: ; 1 more are loaded when needed (/messages tools)",
  );
  const asked: string[] = [];
  let answer = "Send it";
  session.human = ({ text }) => {
    asked.push(text);
    return Promise.resolve({ choice: answer });
  };
  await extension.beforeModel?.(session);
  expect(asked, "a wake that has nothing to tell sends no request").toEqual([]);
  session.addPrompt("hello");
  await extension.beforeModel?.(session);
  expect(asked).toEqual(["The next request adds:\n+ 0 user: text: hello\n  (1 message in all)"]);
  expect(session.signal.aborted).toBe(false);
  answer = "Stop";
  session.addPrompt("more");
  await expect(async () => extension.beforeModel?.(session)).rejects.toThrow();
  expect(asked[1]).toContain("more");
  expect(asked[1]).not.toContain("hello");
  expect(session.signal.aborted).toBe(true);
  expect(inspection(false).beforeModel).toBe(undefined);
});

test("a question that nobody answers in time is answered by that, and whoever was asked is told", async () => {
  const session = new Session(createModelClient({ env: { ANTHROPIC_API_KEY: "k" } }));
  let wasTold = false;
  session.human = (question) =>
    new Promise(() =>
      question.signal?.addEventListener("abort", () => void (wasTold = true), { once: true }),
    );
  session.askSeconds = 0.1;
  const question = { text: "?", choices: ["Yes"], withoutHuman: "nobody" };
  expect(JSON.stringify(await session.ask(question))).toContain("nobody answered within 0.1 s");
  expect(wasTold).toBe(true);
  session.human = () => Promise.resolve({ choice: "Yes" });
  expect(await session.ask(question)).toEqual({ choice: "Yes" });
});
