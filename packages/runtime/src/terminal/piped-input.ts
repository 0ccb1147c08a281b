// What a pipe brings beside -p is part of the prompt, as in: git diff | npm run s13 -- -p "Review this"
import type { Host } from "./host.ts";

/** A program that starts this one may hold a pipe open that it never writes to. */
const SILENT_MS = 3_000;
const SILENT =
  "Nothing came on standard input for 3 s, so the prompt stands alone. < /dev/null leaves the wait out.";

/**
 * The prompt with what stands on standard input below it. A pipe that stays silent for three seconds is left alone, which
 * `say` is told: what comes later would be missing without a word.
 */
export async function withPipedInput(
  prompt: string,
  input: Host["stdin"],
  say: (line: string) => void,
): Promise<string> {
  if (input.isTTY) return prompt;
  const text = await readAll(input, say);
  return text.trim() === "" ? prompt : `${prompt}\n\n${text.trimEnd()}`;
}

function readAll(input: Host["stdin"], say: (line: string) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const silent = setTimeout(() => {
      input.destroy();
      say(SILENT);
      resolve("");
    }, SILENT_MS);
    input.setEncoding("utf8");
    input.on("data", (part: string) => {
      clearTimeout(silent);
      text += part;
    });
    input.once("error", reject);
    input.once("end", () => {
      clearTimeout(silent);
      resolve(text);
    });
  });
}
