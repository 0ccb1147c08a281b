// What a teammate is made of, and what a later chapter may add to it.
import type { Extension, Tool, Zod } from "@course/runtime";
import type { z } from "zod";
import type { Teammate } from "./teammate.ts";

export interface Newcomer {
  name: string;
  role: string;
  prompt: string;
  /** What else the lead said of it, by the fields that later chapters add to spawn_teammate. */
  options?: Readonly<Record<string, unknown>>;
}

/** What a teammate is made of. */
export interface Equipment {
  instructions: string;
  tools: readonly Tool[];
  /** Its own mechanisms; what guards the lead is added to them. */
  extensions: readonly Extension[];
}

/** What a later chapter adds to teammates (s16, s17). */
export interface TeamAddOn {
  /** Fields of spawn_teammate. */
  spawnFields?(z: Zod): Readonly<Record<string, z.ZodType>>;
  equip?(equipment: Equipment, newcomer: Newcomer): Equipment;
  /** Puts work into the conversation of a teammate that has nothing to do; false if there is none. */
  findWork?(teammate: Teammate): Promise<boolean>;
  /** How long a teammate may be idle before it stops. */
  readonly idleMs?: number;
  /** True while there is work that an idle teammate is about to take. */
  isBusy?(): boolean;
  /** A teammate is stopped, for whatever reason. */
  stopped?(name: string): void;
}
