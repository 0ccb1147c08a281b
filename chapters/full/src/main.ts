import { startTerminal } from "@course/runtime/terminal";
import * as chapter from "./agent.ts";
await startTerminal(chapter, import.meta.url);
