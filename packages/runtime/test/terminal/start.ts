// A program on a scripted model in a real terminal, which a test leaves behind ended.
import type { ScriptedModel } from "@course/offline-model/test";
import { onTestFinished } from "vitest";
import { TestTerminal, type TerminalOptions } from "./terminal.ts";

export async function start(
  model: ScriptedModel,
  options: Omit<TerminalOptions, "url"> = {},
): Promise<TestTerminal> {
  const terminal = new TestTerminal({ url: await model.start(), ...options });
  onTestFinished(async () => {
    terminal.kill();
    await terminal.exit;
    await model.close();
  });
  if (options.shell === undefined) await terminal.shows("test >");
  return terminal;
}
