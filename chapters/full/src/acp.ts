// The program in an editor: with --acp it speaks the Agent Client Protocol on standard input and output, so that editors
// that know the protocol (Zed, JetBrains, Neovim plugins) start it and show what it does. Loaded only then.
import type { ChapterModule, FlagValues, ModelClient } from "@course/runtime";

export const acpFlag = {
  acp: { description: "Speak the Agent Client Protocol, for an editor that starts this program" },
} as const;

export async function serveAcp(
  model: ModelClient,
  values: FlagValues,
  createAgent: ChapterModule["createAgent"],
): Promise<number> {
  const { serve } = await import("./acp/server.ts");
  return serve(model, values, createAgent);
}
