// What stands in front of the conversation: the project's instructions and the environment (s10).
import { intent, only, type Episode, type Intent, type Situation } from "../episode.ts";
import { call } from "../reply.ts";

/** The harness's notes of this tag in the whole conversation, oldest first. */
function notesOf({ conversation }: Situation, tag: string): string[] {
  const texts = conversation.flatMap(({ content }) =>
    typeof content === "string"
      ? [content]
      : content.flatMap((block) => (block.type === "text" ? [block.text] : [])),
  );
  return texts.filter((text) => text.startsWith(`<${tag}>`));
}

// eslint-disable-next-line require-yield
function* projectRules(situation: Situation): Episode {
  const rules = notesOf(situation, "project-instructions")
    .join("\n")
    .split("\n")
    .filter((line) => line.startsWith("- "));
  if (rules.length === 0) return "I was given no rules of this project.";
  return `This project asks for:\n${rules.join("\n")}`;
}

function* whereAmI(situation: Situation): Episode {
  const told = notesOf(situation, "environment").join("\n");
  const last = (name: string) => [...told.matchAll(new RegExp(`^${name}: (.*)$`, "gm"))].at(-1)?.[1];
  const branch = last("git branch");
  if (branch !== undefined) return `You are on ${branch}, and it is ${last("date") ?? "some day"}.`;
  const { text } = only(yield call("bash", { command: "git branch --show-current; date +%F" }));
  return `I had to look: ${text.trim().split("\n").join(", ")}.`;
}

export const instructionIntents: Intent[] = [
  intent(
    /^what (?:does this project|do this project's rules) ask (?:for|of you)/i,
    projectRules,
    "What does this project ask for?",
  ),
  intent(/^which branch am i on/i, whereAmI, "Which branch am I on, and what day is it?"),
];
