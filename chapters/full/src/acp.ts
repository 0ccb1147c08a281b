// The program in an editor: with --acp it speaks the Agent Client Protocol on standard input and output, so that editors
// that know the protocol (Zed, JetBrains, Neovim plugins) start it and show what it does. Loaded only then.
import { loadLater, type ChapterModule, type FlagValues, type ModelClient } from "@course/runtime";

export const acpFlag = {
  acp: { description: "Speak the Agent Client Protocol, for an editor that starts this program" },
} as const;

const server = loadLater<typeof import("./acp/server.ts")>("./acp/server.ts", import.meta.url);

export function serveAcp(
  model: ModelClient,
  values: FlagValues,
  createAgent: ChapterModule["createAgent"],
): Promise<number> {
  return server().serve(model, values, createAgent);
}
