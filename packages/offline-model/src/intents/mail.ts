// Mail between agents (s15), as it stands in a conversation: who sent what, and what was told of it.
import type Anthropic from "@anthropic-ai/sdk";
import { textsOf, wordsOf } from "../words.ts";

export interface Letter {
  kind: string;
  from: string;
  text: string;
}

/** The letters in a <mail> block, or in several. */
export function lettersIn(...notes: readonly string[]): Letter[] {
  return notes
    .filter((note) => note.startsWith("<mail>"))
    .flatMap((note) => [
      ...note.matchAll(
        /<(message) from="([^"]+)"[^>]*>\n([\s\S]*?)\n<\/message>|<(idle|failed|stopped) teammate="([^"]+)"(?: \/>|>\n([\s\S]*?)\n<\/\4>)/g,
      ),
    ])
    .map(([, message, from, text, kind, teammate, reason]) => ({
      kind: message ?? kind ?? "",
      from: from ?? teammate ?? "",
      text: (text ?? reason ?? "").replaceAll("<\\/", "</"),
    }));
}

/** What the lead tells the user of its mail. */
export function tellMail(letters: readonly Letter[]): string {
  const lines = letters.map(({ kind, from, text }) => {
    if (kind === "message") return `${from}: ${text}`;
    if (kind === "idle")
      return text === "" ? `${from} is idle.` : `${from} is idle, and has sent me nothing.`;
    return `${from} ${kind === "failed" ? "failed" : "was stopped"}: ${text}`;
  });
  return lines.join("\n");
}

/** Adds to the closing words what came by mail in the middle of the work and was told in no answer so far. */
export function withUntoldMail(conversation: readonly Anthropic.MessageParam[], words: string): string {
  const untold = conversation.flatMap((message, index) => {
    if (message.role !== "user") return [];
    const answers = conversation
      .slice(index + 1)
      .flatMap((later) => (later.role === "assistant" ? textsOf(later) : []));
    return (
      lettersIn(...wordsOf(message).notes)
        .filter(({ kind }) => kind === "message")
        // A request is answered, not told.
        .filter(({ text }) => !text.startsWith("Request req_"))
        .filter(({ text }) => ![...answers, words].some((told) => told.includes(text)))
    );
  });
  return untold.length === 0 ? words : `${words}\n\n${tellMail(untold)}`;
}
