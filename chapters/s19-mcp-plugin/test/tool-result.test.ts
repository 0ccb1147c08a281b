// What a server's answer becomes for the model: each kind of content, what is too long, and what is no text.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CallToolResult } from "@modelcontextprotocol/client";
import { temporaryFolder } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { toolResult } from "../src/tool-result.ts";

type Content = CallToolResult["content"];

function resultOf(content: Content, more: Partial<CallToolResult> = {}) {
  const root = temporaryFolder();
  const result = toolResult({ content, ...more }, { root, id: "call_1" });
  const blocks = typeof result.content === "string" ? [] : result.content;
  const texts = blocks.flatMap((block) => (block.type === "text" ? [block.text] : []));
  /** The content of the file that the text names. */
  const kept = () => {
    const [file = ""] = /\.task_outputs\/mcp\/\S+\.txt/.exec(JSON.stringify(result.content)) ?? [];
    return readFileSync(join(root, file), "utf8");
  };
  return { ...result, blocks, texts, kept };
}

const text = (words: string) => ({ type: "text" as const, text: words });
const picture = (data: string, mimeType = "image/png") => ({ type: "image" as const, data, mimeType });
const imageBlock = (data: string, media_type: string) => ({
  type: "image",
  source: { type: "base64", media_type, data },
});

test("texts are one text; an error says so; nothing is told as nothing", () => {
  expect(resultOf([text("one"), text("two")])).toMatchObject({ content: "one\ntwo" });
  expect(resultOf([text("one")])).not.toHaveProperty("isError");
  expect(resultOf([text("no")], { isError: true })).toMatchObject({ content: "no", isError: true });
  expect(resultOf([]).content).toBe("(no output)");
});

test("structured content is shown where there is no text that says the same", () => {
  const structuredContent = { a: 1 };
  expect(resultOf([], { structuredContent }).content).toBe('{\n  "a": 1\n}');
  expect(resultOf([text("a is 1")], { structuredContent }).content).toBe("a is 1");
  expect(resultOf([picture("QUJD")], { structuredContent }).texts).toEqual(['{\n  "a": 1\n}']);
});

test.each(["image/png", "image/jpeg", "image/gif", "image/webp"])("%s is an image for the model", (type) => {
  expect(resultOf([text("look"), picture("QUJD", type)]).content).toEqual([
    text("look"),
    imageBlock("QUJD", type),
  ]);
});

test("an image that the API does not take, by its kind or its size, and a sound go to a file", () => {
  const most = 5 * 1024 * 1024;
  expect(resultOf([picture("A".repeat(most))]).blocks).toHaveLength(1);
  for (const content of [
    picture("A".repeat(most + 1)),
    picture("QUJD", "image/tiff"),
    { type: "audio" as const, data: "QUJD", mimeType: "audio/wav" },
  ]) {
    const found = resultOf([content]);
    const count = content.data.length.toLocaleString("en");
    expect(found.content).toMatch(
      new RegExp(`^\\[${content.mimeType}, ${count} characters of base64, is in \\S+-base64\\S*\\]$`),
    );
    expect(found.kept()).toBe(content.data);
  }
});

test("a link to a resource is a line that says how to ask for it and what it is", () => {
  const link = { type: "resource_link" as const, uri: "file:///x", name: "x" };
  expect(resultOf([link]).content).toBe("[resource file:///x: x]");
  expect(resultOf([{ ...link, description: "notes", mimeType: "text/plain" }]).content).toBe(
    "[resource file:///x: x (notes, text/plain)]",
  );
  expect(resultOf([{ ...link, mimeType: "text/plain" }]).content).toBe(
    "[resource file:///x: x (text/plain)]",
  );
});

test("a resource is its text, its image, or a file", () => {
  const uri = "file:///x";
  const resource = (more: { text: string } | { blob: string; mimeType?: string }) =>
    resultOf([{ type: "resource", resource: { uri, ...more } }]);
  expect(resource({ text: "words" }).content).toBe("[resource file:///x]\nwords");
  expect(resource({ blob: "QUJD", mimeType: "image/png" }).content).toEqual([
    imageBlock("QUJD", "image/png"),
  ]);
  expect(resource({ blob: "QUJD" }).content).toMatch(/^\[application\/octet-stream, 4 characters/);
});

test("what is longer than 100,000 characters in all is in a file, and its beginning is shown", () => {
  const half = "x".repeat(50_000);
  expect(resultOf([text(half), text(half.slice(1))])).not.toHaveProperty("fullOutput");
  const found = resultOf([text(`b${half}`), text(half)]);
  expect(found.content).toMatch(
    /^bx{1999}\n\[100,002 characters; all of them are in \S+\. Read it in parts, /,
  );
  expect(found.fullOutput).toMatchObject({ length: 100_002 });
  expect(found.kept()).toBe(`b${half}\n${half}`);
});

test("beside a text that is too long an image stays", () => {
  const { blocks } = resultOf([text("x".repeat(100_001)), picture("QUJD")]);
  expect(blocks).toEqual([
    { type: "text", text: expect.stringMatching(/^x{2000}\n\[100,001 characters; /) },
    imageBlock("QUJD", "image/png"),
  ]);
});
