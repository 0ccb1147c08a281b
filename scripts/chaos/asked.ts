// What a model was told, as it stands in the requests that it was sent.
import type { MessageRequest } from "@course/offline-model/test";

/** The texts of a request's messages: of prompts, notes and tool results, oldest first. */
export function textsOf(request: MessageRequest | undefined): string[] {
  return (request?.messages ?? []).flatMap(({ content }) =>
    typeof content === "string"
      ? [content]
      : content.flatMap((block) => {
          if (block.type === "text") return [block.text];
          if (block.type !== "tool_result") return [];
          return typeof block.content === "string"
            ? [block.content]
            : (block.content ?? []).flatMap((part) => (part.type === "text" ? [part.text] : []));
        }),
  );
}

/** The texts that are new since the model's last word. */
export function newsIn({ messages }: MessageRequest): string {
  const last = messages.findLastIndex(({ role }) => role === "assistant");
  return textsOf({ messages: messages.slice(last + 1) } as MessageRequest).join("\n");
}

/** All that a program's conversation held at its last request. A conversation only grows. */
export function conversation(requests: readonly MessageRequest[]): string {
  return textsOf(requests.at(-1)).join("\n");
}

export function count(text: string, part: string): number {
  return text.split(part).length - 1;
}
