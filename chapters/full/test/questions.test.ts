// A question of the harness as the editor's permission request.
import type { AgentContext } from "@agentclientprotocol/sdk";
import type { Question } from "@course/runtime";
import { expect, test } from "vitest";
import { askEditor } from "../src/acp/questions.ts";

/** What the editor is asked, and the answer, where it chooses the option of this number. */
async function asked(question: Partial<Question>, choice: string | undefined, call?: string) {
  let request: unknown;
  const client = {
    request: (_: unknown, params: unknown) => {
      request = params;
      const outcome =
        choice === undefined ? { outcome: "cancelled" } : { outcome: "selected", optionId: choice };
      return Promise.resolve({ outcome });
    },
  } as unknown as AgentContext;
  const whole: Question = { text: "May I?", choices: ["Yes", "No"], withoutHuman: "no", ...question };
  return { answer: await askEditor(client, "s", call, whole), request };
}

test("a question has its call, its text, the diff as lines, and each choice with its kind", async () => {
  const question = { diff: ["-old", "+new"], choices: ["Yes", "Yes, always", "No", "No, and say why"] };
  const { request, answer } = await asked({ ...question, withText: "No, and say why" }, "1", "toolu_1");
  expect(answer).toEqual({ choice: "Yes, always" });
  expect(request).toEqual({
    sessionId: "s",
    toolCall: {
      toolCallId: "toolu_1",
      title: "May I?",
      content: [{ type: "content", content: { type: "text", text: "-old\n+new" } }],
    },
    options: [
      { optionId: "0", name: "Yes", kind: "allow_once" },
      { optionId: "1", name: "Yes, always", kind: "allow_always" },
      { optionId: "2", name: "No", kind: "reject_once" },
    ],
  });
});

test.each([[[]], [["+one"]]])(
  "a diff of the lines %j; and what belongs to no call has an id all the same",
  async (diff) => {
    const { request } = await asked({ diff }, "0");
    const content = diff.map((text) => ({ type: "content", content: { type: "text", text } }));
    const more = content.length > 0 ? { content } : {};
    expect(request).toMatchObject({ toolCall: { toolCallId: "question", title: "May I?", ...more } });
    expect("content" in (request as { toolCall: object }).toolCall).toBe(diff.length > 0);
  },
);

test.each(["2", undefined])("the choice %s is no answer", async (choice) => {
  expect((await asked({}, choice)).answer).toEqual({ refused: "The user gave no answer" });
});
