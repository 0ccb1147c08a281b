// Small talk, so that "hello" is not met with an error.
import { intent, type Episode, type Intent } from "../episode.ts";

function answer(words: string) {
  // oxlint-disable-next-line require-yield
  return function* (): Episode {
    return words;
  };
}

export const talkIntents: Intent[] = [
  intent(
    /^(?:hi|hello|hey|good (?:morning|evening|afternoon))\b/i,
    answer(
      "Hello. I am the offline model: I can follow the numbered prompts of this chapter and a few plain requests.",
    ),
  ),
  intent(
    /^(?:who|what) are you\b/i,
    answer("I am the offline model: a script that makes real tool calls, and no language model."),
  ),
  intent(/^(?:thanks|thank you|great|good|nice|ok(?:ay)?|well done)[.! ]*$/i, answer("Good.")),
];
