// What a pipe brings beside -p is part of the prompt, as in: git diff | npm run s13 -- -p "Review this"
import type { ReadStream } from "node:tty";

/** A program that starts this one may hold a pipe open that it never writes to. */
const SILENT_MS = 3_000;

/** The prompt with what stands on standard input below it. A pipe that stays silent for three seconds is left alone. */
export async function withPipedInput(prompt: string, input: ReadStream): Promise<string> {
  if (input.isTTY) return prompt;
  const text = await readAll(input);
  return text.trim() === "" ? prompt : `${prompt}\n\n${text.trimEnd()}`;
}

function readAll(input: ReadStream): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const silent = setTimeout(() => {
      input.destroy();
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
