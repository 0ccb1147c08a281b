// Before an edit: package.json is changed by people. Exit code 2 refuses, and the model reads stderr.
import { readFileSync } from "node:fs";
import { basename } from "node:path";

const { tool_input } = JSON.parse(readFileSync(0, "utf8"));
if (basename(tool_input.file_path) === "package.json") {
  console.error("package.json is protected. Say what you would change in it, and leave it to the user.");
  process.exit(2);
}
