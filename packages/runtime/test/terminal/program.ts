// The program of the terminal's tests in a process of its own.
import { startProgram } from "../../src/terminal/start-program.ts";
import { partsWith } from "./parts.ts";

void startProgram(partsWith());
