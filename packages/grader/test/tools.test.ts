import type Anthropic from "@anthropic-ai/sdk";
import { expect, test } from "vitest";
import { NotOffered, Offered } from "../src/tools.ts";

const text = { type: "string" };

function tool(
  name: string,
  properties: Record<string, unknown>,
  required = Object.keys(properties),
  description = "",
) {
  return { name, description, input_schema: { type: "object", properties, required } } as Anthropic.Tool;
}

const offered = (...tools: Anthropic.Tool[]) => new Offered(tools, "/srv");

test("a shell is the first tool with a required command, whatever it is called", () => {
  const tools = offered(
    tool("look", { command: text }, []),
    tool("background_run", { command: text }),
    tool("Execute", {
      command: text,
      why: text,
      seconds: { type: "integer", minimum: 60 },
      loud: { type: "boolean" },
    }),
    tool("bash", { command: text }),
  );
  expect(tools.shell("ls")).toEqual({
    type: "call",
    name: "Execute",
    input: { command: "ls", why: "grading", seconds: 60, loud: false },
  });
  expect(tools.background("ls").name).toBe("background_run");
});

test("a switch of the shell starts commands in the background, too", () => {
  const tools = offered(tool("Bash", { command: text, run_in_background: { type: "boolean" } }, ["command"]));
  expect(tools.background("ls").input).toEqual({ command: "ls", run_in_background: true });
});

test("files are written, read and changed by tools with the fields for it", () => {
  const tools = offered(
    tool("delete_file", { path: text }, ["path"], "Deletes a file."),
    tool("str_replace", { path: text, old_str: text, new_str: text }),
    tool("Read", { file_path: { ...text, description: "An absolute path" } }),
    tool("create_file", { filename: text, content: text }),
  );
  expect(tools.write("a", "b").input).toEqual({ filename: "a", content: "b" });
  expect(tools.read("a")).toMatchObject({ name: "Read", input: { file_path: "/srv/a" } });
  expect(tools.edit("a", "b", "c").input).toEqual({ path: "a", old_str: "b", new_str: "c" });
});

test("what is not there is not offered", () => {
  const tools = offered(tool("weather", { city: text }), {
    type: "web_search_20260318",
    name: "web",
  } as never);
  for (const need of ["shell", "write", "read", "edit", "background"] as const)
    expect(tools.nameOf(need)).toBeUndefined();
  expect(() => tools.shell("ls")).toThrow(NotOffered);
  expect(() => tools.shell("ls")).toThrow("does not offer a tool with a required string `command`");
});
