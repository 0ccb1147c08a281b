// What a teammate is made of, and what a later chapter may add to it.
import type { Extension, Tool, Zod } from "@course/runtime";
import type { z } from "zod";
import type { Teammate } from "./teammate.ts";
import type { Workplace } from "./workplace.ts";

export interface Newcomer {
  name: string;
  role: string;
  prompt: string;
  /** What else the lead said of it, by the fields that later chapters add to spawn_teammate. */
  options?: Readonly<Record<string, unknown>>;
}

/** What a teammate is made of. */
export interface Equipment {
  /** The folder that its tools work in. */
  workplace: Workplace;
  instructions: string;
  tools: readonly Tool[];
  /** Its own mechanisms; what guards the lead is added to them. */
  extensions: readonly Extension[];
}

/** What a later chapter adds to teammates (s16 to s18). */
export interface TeamAddOn {
  /** Fields of spawn_teammate. */
  spawnFields?(z: Zod): Readonly<Record<string, z.ZodType>>;
  equip?(equipment: Equipment, newcomer: Newcomer): Equipment;
  /** Puts work into the conversation of a teammate that has nothing to do; false if there is none. */
  findWork?(teammate: Teammate): Promise<boolean>;
  /** A teammate has claimed a task of the board (s17). Returns what it should know of where to work. */
  taskBegun?(name: string, task: { id: number }): Promise<string | undefined>;
  /** It has left the task to others. */
  taskLeft?(name: string): Promise<void>;
  /** How long a teammate may be idle before it stops. */
  readonly idleMs?: number;
  /** True while there is work that an idle teammate is about to take. */
  isBusy?(): boolean;
  /** The folder's team has become this program's. */
  opened?(): Promise<void>;
  /** A teammate is stopped, for whatever reason. */
  stopped?(name: string): void;
}
