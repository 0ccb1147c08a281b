// What should still be known in the next session (s09).
import { intent, only, type Episode, type Intent, type Situation } from "../episode.ts";
import { call } from "../reply.ts";

/** A name for what the user said: its first words. */
function nameOf(fact: string): string {
  const words = fact.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.slice(0, 6).join("-");
}

function* remember({ match, has }: Situation): Episode {
  const fact = (match[1] ?? "").trim();
  if (!has("save_memory")) return "Noted.";
  const input = { name: nameOf(fact), description: fact, type: "user", content: `The user said: ${fact}` };
  const saved = only(yield call("save_memory", input));
  return saved.isError ? { failed: `That was not saved: ${saved.text}` } : `I will remember: ${fact}.`;
}

function* forget({ match, has }: Situation): Episode {
  if (!has("save_memory")) return "I keep nothing between sessions in this chapter; run s09 for that.";
  const name = nameOf(match[1] ?? "");
  const forgotten = only(yield call("save_memory", { name, description: "", type: "user", content: "" }));
  return forgotten.isError ? { failed: `That did not work: ${forgotten.text}` } : "That is forgotten.";
}

function* recall({ has, conversation }: Situation): Episode {
  const told = /remember that (.+?)\.?"/i.exec(JSON.stringify(conversation.slice(0, -1)));
  if (!has("save_memory") || !has("read_file"))
    return told ? `You told me: ${told[1]}.` : "Nothing. Each session begins with an empty page.";
  // A model has the index before it, in its system prompt; this script reads the file that holds the same.
  const index = only(yield call("read_file", { file_path: ".memory/MEMORY.md" }));
  const files = index.isError ? [] : [...index.text.matchAll(/\]\((.+?\.md)\)/g)].map(([, file]) => file);
  if (files.length === 0) return "Nothing yet.";
  const contents = yield files.slice(0, 5).map((file) => call("read_file", { file_path: `.memory/${file}` }));
  const facts = contents.map(({ text }) => /^The user said: (.*)$/m.exec(text)?.[1] ?? text);
  return facts.map((fact) => `You told me: ${fact}`).join("\n");
}

export const memoryIntents: Intent[] = [
  intent(
    /^(?:please )?remember that (.+?)\.?$/is,
    remember,
    "Remember that I use pnpm and never npm",
    "save_memory",
  ),
  intent(/^forget that (.+?)\.?$/is, forget, "Forget that I use pnpm and never npm", "save_memory"),
  intent(/^what do you (?:remember|know) about me/i, recall, "What do you remember about me?", "save_memory"),
];
