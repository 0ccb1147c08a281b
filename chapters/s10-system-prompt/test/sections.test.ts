// Advice on tools is given for those that the agent has.
import { defineAgent, Session, createModelClient, type Extension } from "@course/runtime";
import { expect, test } from "vitest";
import { toolUse } from "../src/sections.ts";

async function adviceFor(...names: string[]): Promise<string | undefined> {
  const tools = names.map((name) => ({ name })) as unknown as NonNullable<Extension["tools"]>;
  const section = toolUse();
  const agent = defineAgent({
    name: "test",
    instructions: "",
    tools: [],
    extensions: [{ name: "x", tools }],
  });
  const session = new Session(createModelClient({ env: { ANTHROPIC_API_KEY: "test" } }));
  await section.start?.(session, agent);
  return section.systemPrompt?.(session);
}

test("without tools there is no advice", async () => {
  expect(await adviceFor()).toBe("");
  expect(await adviceFor("bash")).toBe("");
});

test.each([
  [["read_file"], /^How you use tools:\n- Ask for everything[^\n]*$/],
  [
    ["read_file", "bash"],
    /^How you use tools:\n- Read files with read_file[^\n]*\n- Ask for everything[^\n]*$/,
  ],
  [["write_file", "edit_file"], /^How you use tools:\n- Change files with edit_file[^\n]*$/],
  [["load_skill"], /^How you use tools:\n- When a request matches a skill[^\n]*$/],
  [["save_memory"], /^How you use tools:\n- Save with save_memory[^\n]*$/],
])("%j", async (names, advice) => {
  expect(await adviceFor(...names)).toMatch(advice);
});
