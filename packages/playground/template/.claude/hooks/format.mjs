// After an edit: no blanks at the ends of lines, one line break at the end of the file.
import { readFileSync, writeFileSync } from "node:fs";
import { relative } from "node:path";

const { cwd, tool_input, hook_event_name } = JSON.parse(readFileSync(0, "utf8"));
const file = tool_input.file_path;
const before = readFileSync(file, "utf8");
const after = before.replace(/[ \t]+$/gm, "").replace(/\n*$/, "\n");
if (after !== before) {
  writeFileSync(file, after);
  const additionalContext = `${relative(cwd, file)} was formatted. Read it again before you edit it.`;
  console.log(JSON.stringify({ hookSpecificOutput: { hookEventName: hook_event_name, additionalContext } }));
}
