// All stages, in the order of the course.
import type { Stage } from "../check.ts";
import { background } from "./background.ts";
import { context } from "./context.ts";
import { files } from "./files.ts";
import { loop } from "./loop.ts";
import { recovery } from "./recovery.ts";
import { thinking } from "./thinking.ts";

export const stages: readonly Stage[] = [loop, files, context, thinking, recovery, background];
