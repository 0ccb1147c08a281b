import { startTerminal } from "@course/runtime/terminal";
import * as chapter from "./agent.ts";
void startTerminal(chapter, import.meta.url);
