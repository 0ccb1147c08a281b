// What a chapter is put through: a first program, which is killed at a point, the next one on the same folder, which is
// not, and how one tells from outside whether that did harm.
import { join } from "node:path";
import type { MessageRequest, Part } from "@course/offline-model/test";
import { loadFile } from "@course/runtime";

/** What a program is given. */
export interface Life {
  /** The workspace. */
  folder: string;
  /** Where the model is. */
  url: string;
  /** Tells who judges, even if the program dies at once afterwards. */
  say(word: string): void;
}

/** What is seen from outside of one program. */
export interface Lived {
  /** What it said. */
  words: readonly string[];
  /** What the model was asked, oldest first. */
  requests: readonly MessageRequest[];
  /** Whether it came to its end by itself. */
  isWhole: boolean;
}

/** Something that has to be told, and how often the model was. */
export interface Told {
  name: string;
  times: number;
  /** Why none is right here, or the price of telling nothing twice. */
  excuse?: "ended with the program" | "taken, not told";
}

export interface Judged {
  /** What lies on disk, in a few words. */
  stands: string;
  told: readonly Told[];
  /** What must not be. */
  faults: readonly string[];
}

export interface Scenario {
  /** What the first program does, in a line. */
  about: string;
  /** Whether there is anything to tell the model. */
  tells: boolean;
  /** The model: answers by what is asked alone, since it may be asked by a program that knows nothing of the last one. */
  respond(request: MessageRequest): Part | Part[];
  first(life: Life): Promise<void>;
  next(life: Life): Promise<void>;
  /** Looks at the folder between the two programs. */
  between?(folder: string): unknown;
  judge(folder: string, first: Lived, next: Lived, between: unknown): Judged;
}

export const SCENARIOS = ["s12", "s13", "s14", "s15"] as const;

/** Loaded by name, since what it imports may be led elsewhere. Throws an Error for a chapter that has none. */
export async function scenarioOf(id: string): Promise<Scenario> {
  if (!(SCENARIOS as readonly string[]).includes(id))
    throw new Error(`There is nothing to kill in ${id}. There are: ${SCENARIOS.join(", ")}.`);
  const file = join(import.meta.dirname, "scenarios", `${id}.ts`);
  return (await loadFile<{ scenario: Scenario }>(file)).scenario;
}
