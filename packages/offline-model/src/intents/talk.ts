// Small talk, so that "hello" is not met with an error.
import { intent, type Episode, type Intent } from "../brain.ts";

// eslint-disable-next-line require-yield
function* greet(): Episode {
  return "Hello. I am the offline model: I can follow the numbered prompts of this chapter and a few plain requests.";
}

export const talkIntents: Intent[] = [intent(/^(?:hi|hello|hey)\b/i, greet)];
