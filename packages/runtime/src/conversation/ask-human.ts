// Asking the human. Where nobody may be there, silence is an answer, too.
import { anyOf } from "./interrupt.ts";
import { waitForHuman } from "./human-wait.ts";
import type { Answer, Question } from "./question.ts";

export type Human = (question: Question) => Promise<Answer>;

/** Without a human a question is refused, and the refusal says which flag would allow it. Waits `seconds`, if given. */
export async function askHuman(
  human: Human | undefined,
  question: Question,
  seconds: number | undefined,
): Promise<Answer> {
  if (!human) return { refused: question.withoutHuman };
  return waitForHuman(() => (seconds === undefined ? human(question) : within(seconds, human, question)));
}

async function within(seconds: number, human: Human, question: Question): Promise<Answer> {
  const tooLate = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<Answer>((resolve) => {
    timer = setTimeout(() => {
      resolve({ refused: `nobody answered within ${seconds} s (--ask-seconds)` });
      tooLate.abort();
    }, seconds * 1000);
  });
  try {
    const answer = human({ ...question, signal: anyOf(tooLate.signal, question.signal) });
    return await Promise.race([answer, silence]);
  } finally {
    clearTimeout(timer);
  }
}

/** The question of somebody who works beside the run that is under way, under their name. */
export function askedBeside(name: string, question: Question, signal: AbortSignal): Question {
  return {
    ...question,
    text: `${name}: ${question.text}`,
    signal: anyOf(signal, question.signal),
    isBeside: true,
  };
}
