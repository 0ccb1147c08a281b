// What a Stop hook says when it sends the model back to work (s08): the script takes its last change back.
import type Anthropic from "@anthropic-ai/sdk";
import { intent, only, type Episode, type Intent, type Situation } from "../episode.ts";
import { call } from "../reply.ts";

interface Edit {
  file_path: string;
  old_string: string;
  new_string: string;
}

const EDITS = ["edit_file", "Edit"];
const FEEDBACK = "<hook-feedback>";

function* takeBack({ conversation }: Situation): Episode {
  const edit = lastEdit(conversation);
  if (!edit) return "A hook is not content, and I am a script: I do not know what to do about it.";
  const { file_path, old_string, new_string } = edit;
  const undone = only(yield call("edit_file", { file_path, old_string: new_string, new_string: old_string }));
  if (undone.isError) return `I could not take my change back: ${undone.text}`;
  return `A test fails with my change to ${file_path}, so I took the change back. Change the test first, if you want it.`;
}

/** The edit before the hook spoke; what came after it is the answer to it. */
function lastEdit(conversation: readonly Anthropic.MessageParam[]): Edit | undefined {
  const blocks = conversation.flatMap(({ content }) =>
    typeof content === "string" ? [{ type: "text" as const, text: content }] : content,
  );
  const told = blocks.findLastIndex((block) => block.type === "text" && block.text.startsWith(FEEDBACK));
  const edit = blocks
    .slice(0, told)
    .findLast((block) => block.type === "tool_use" && EDITS.includes(block.name));
  return edit?.type === "tool_use" ? (edit.input as Edit) : undefined;
}

export const hookIntents: Intent[] = [intent(/^<hook-feedback>\s*(?:Subagent)?Stop hook:/, takeBack)];
