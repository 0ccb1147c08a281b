// --mine for a program that is no chapter itself, as npm run replay: COURSE_MINE_OF names the chapter whose mechanism is
// the learner's, by its folder. Loaded with --import, after preflight.mjs.
import { readdirSync } from "node:fs";
import { useMine } from "./mine.ts";

useMine(process.env.COURSE_MINE_OF ?? "", readdirSync(new URL("../../chapters", import.meta.url)));
