// A text in the editor of whoever sits there.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Resolves with the text as it was saved. Rejects with an Error that says what to do where there is no editor. */
export async function inEditor(text: string, env: NodeJS.ProcessEnv): Promise<string> {
  const editor = env["VISUAL"] || env["EDITOR"];
  if (!process.stdin.isTTY || !editor)
    throw new Error(
      `${process.stdin.isTTY ? "EDITOR is not set" : "There is no terminal for an editor"}. Give the new result with --result TEXT or --result-file PATH.`,
    );
  const folder = mkdtempSync(join(tmpdir(), "course-result-"));
  const file = join(folder, "result.txt");
  // Ctrl-C in the editor is the editor's.
  const ignore = () => {};
  process.on("SIGINT", ignore);
  try {
    writeFileSync(file, text);
    // Through a shell, since it may hold flags, as in "code --wait".
    const child = spawn("sh", ["-c", `${editor} "$1"`, "sh", file], { stdio: "inherit" });
    const code = await new Promise<number | null>((resolve) =>
      child.once("exit", resolve).once("error", () => resolve(null)),
    );
    if (code !== 0)
      throw new Error(`The editor (${editor}) ended with code ${code}, so nothing was changed.`);
    const edited = readFileSync(file, "utf8");
    // Editors end a file with a line break.
    return edited === `${text}\n` ? text : edited;
  } finally {
    process.off("SIGINT", ignore);
    rmSync(folder, { recursive: true, force: true });
  }
}
