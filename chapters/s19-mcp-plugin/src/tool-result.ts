// What a server's tool answers, as a result that the model can read: text, images, links, embedded resources, structured
// content and errors (https://modelcontextprotocol.io/specification/2025-11-25/server/tools#tool-result).
import type { CallToolResult, ContentBlock } from "@modelcontextprotocol/client";
import { keepOutput, type ToolResult } from "@course/runtime";

/** 25,000 tokens at four characters each: what Claude Code keeps of a result, too. */
const MOST_CHARACTERS = 100_000;
const PREVIEW = 2_000;
/** Images that the API takes, up to its 5 MB. */
const IMAGES = ["image/png", "image/jpeg", "image/gif", "image/webp"] as const;
const LARGEST_IMAGE = 5 * 1024 * 1024;

type Block = Exclude<ToolResult["content"], string>[number];
type ImageType = (typeof IMAGES)[number];

export interface Kept {
  /** The workspace. */
  root: string;
  /** The call's id: names what is kept. */
  id: string;
}

/** Throws the file system's errors where something is too long for the conversation and cannot be kept. */
export function toolResult(result: CallToolResult, kept: Kept): ToolResult {
  const { content, structuredContent, isError } = result;
  const blocks = content.map((block) => blockOf(block, kept));
  // A server should say the same in text; where it does not, this is all there is.
  const isSaid = content.some(({ type }) => type === "text");
  if (structuredContent !== undefined && !isSaid)
    blocks.push(text(JSON.stringify(structuredContent, null, 2)));
  const { shown, full } = shortened(blocks, kept);
  return { content: shown, ...(isError && { isError: true }), ...(full && { fullOutput: full }) };
}

function blockOf(block: ContentBlock, kept: Kept): Block {
  switch (block.type) {
    case "text":
      return text(block.text);
    case "image":
      return image(block.data, block.mimeType, kept);
    case "audio":
      return text(keptFile(block.data, block.mimeType, kept));
    case "resource_link": {
      const about = [block.description, block.mimeType].filter(Boolean).join(", ");
      return text(`[resource ${block.uri}: ${block.name}${about === "" ? "" : ` (${about})`}]`);
    }
    case "resource": {
      const { resource } = block;
      if ("text" in resource) return text(`[resource ${resource.uri}]\n${resource.text}`);
      return image(resource.blob, resource.mimeType ?? "application/octet-stream", kept);
    }
    default:
      return text(JSON.stringify(block));
  }
}

/** What is no image that the API takes goes to a file. */
function image(data: string, mimeType: string, kept: Kept): Block {
  const type = IMAGES.find((known) => known === mimeType);
  if (!type || data.length > LARGEST_IMAGE) return text(keptFile(data, mimeType, kept));
  return imageBlock(data, type);
}

const imageBlock = (data: string, type: ImageType): Block => ({
  type: "image",
  source: { type: "base64", media_type: type, data },
});

const text = (words: string): Block => ({ type: "text", text: words });

function keptFile(data: string, mimeType: string, { root, id }: Kept): string {
  const name = keepOutput(root, "mcp", `${id}-base64`, data);
  return `[${mimeType}, ${data.length.toLocaleString("en")} characters of base64, is in ${name}]`;
}

/** All texts together count; where they are too long, the beginning is shown, and the file has all of it. */
function shortened(
  blocks: Block[],
  { root, id }: Kept,
): { shown: ToolResult["content"]; full?: NonNullable<ToolResult["fullOutput"]> } {
  const texts = blocks.flatMap((block) => (block.type === "text" ? [block.text] : []));
  const all = texts.join("\n");
  const onlyText = texts.length === blocks.length;
  if (all.length <= MOST_CHARACTERS) return { shown: onlyText ? all || "(no output)" : blocks };
  const file = keepOutput(root, "mcp", id, all);
  const count = all.length.toLocaleString("en");
  const note = `${all.slice(0, PREVIEW).toWellFormed()}\n[${count} characters; all of them are in ${file}. Read it in parts, or search it.]`;
  const others = blocks.filter((block) => block.type !== "text");
  return { shown: onlyText ? note : [text(note), ...others], full: { file, length: all.length } };
}
