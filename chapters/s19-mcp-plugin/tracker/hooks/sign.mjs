// A PreToolUse hook: a comment goes out with a signature, so that people see that an agent wrote it.
import { text } from "node:stream/consumers";

const { tool_input: input } = JSON.parse(await text(process.stdin));
const updatedInput = { ...input, text: `${input.text} (written by an agent)` };
console.log(JSON.stringify({ hookSpecificOutput: { hookEventName: "PreToolUse", updatedInput } }));
