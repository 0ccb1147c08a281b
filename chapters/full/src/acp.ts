// The program in an editor: with --acp it speaks the Agent Client Protocol on standard input and output, so that editors
// that know the protocol (Zed, JetBrains, Neovim plugins) start it and show what it does. Loaded only then.
import { loadLater, type ChapterModule, type FlagValues, type ModelClient } from "@course/runtime";

export const acpFlag = {
  acp: { description: "Speak the Agent Client Protocol, for an editor that starts this program" },
} as const;

const server = loadLater<typeof import("./acp/server.ts")>("./acp/server.ts", import.meta.url);

/** What the editor decides, and what is for a terminal. */
const NOT_HERE =
  "dir worktree continue resume fork-session print output-format input-format demo try step trace inspect max-turns";

/** Serves until the editor is gone. Throws an Error for a flag that would be believed and do nothing. */
export function serveAcp(
  model: ModelClient,
  values: FlagValues,
  createAgent: ChapterModule["createAgent"],
): Promise<number> {
  const given = NOT_HERE.split(" ").find((flag) => values[flag] !== undefined);
  if (given !== undefined)
    throw new Error(
      `--${given} has no effect with --acp: folder and session are the editor's. Leave it out.`,
    );
  return server().serve(model, values, createAgent);
}
