// Schemas that are made when they are first needed: loading zod takes a tenth of a second, and a
// learner who waits for the prompt should not pay for it.
import type { z } from "zod";
import { loadLater } from "../load-later.ts";

export type Zod = typeof z;

const zod = loadLater<{ z: Zod }>("zod", import.meta.url);

/** A schema by zod, as a function that makes it at the first call and returns it from then on. */
export function schema<Schema extends z.ZodType>(make: (z: Zod) => Schema): () => Schema {
  let made: Schema | undefined;
  return () => (made ??= make(loadZod()));
}

export function loadZod(): Zod {
  return zod().z;
}
