// An editor's prompt as text: its words, the files that it embeds, and the names of those that it links to.
import type { ContentBlock } from "@agentclientprotocol/sdk";
import { assertNever } from "@course/runtime";

export function promptText(blocks: readonly ContentBlock[]): string {
  return blocks.map(textOfBlock).filter(Boolean).join("\n");
}

function textOfBlock(block: ContentBlock): string {
  switch (block.type) {
    case "text":
      return block.text;
    case "resource_link":
      return pathOf(block.uri);
    case "resource": {
      const { resource } = block;
      // What a file says must not end the tag that holds it.
      const text = "text" in resource ? resource.text.replaceAll("</file", "<\\/file") : "[not text]";
      return `<file path="${pathOf(resource.uri)}">\n${text}\n</file>`;
    }
    case "image":
    case "audio":
      return `[${block.type}: not supported]`;
    default:
      return assertNever(block);
  }
}

/** A file's path, or the address as it is. What would end its line or its tag stays encoded. */
function pathOf(uri: string): string {
  const path = uri.startsWith("file://") ? decoded(new URL(uri).pathname) : uri;
  return path.replace(/["<>\p{Cc}\u2028\u2029]/gu, encodeURIComponent);
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
