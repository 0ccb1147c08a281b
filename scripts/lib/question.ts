// A question of s07 as it stands on the screen, and the settings that the answer "always" leaves.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createModelClient, ensurePlayground, Session, Workspace, type Question } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { permissions } from "@course/s07-permissions";
import { showQuestion } from "../../packages/runtime/src/terminal/questions.ts";
import { Screen } from "../../packages/runtime/src/terminal/screen.ts";
import { ROOT } from "./chapters.ts";

const SETTINGS = ".claude/settings.local.json";
const BEFORE = { permissions: { deny: ["Read(.env)"], ask: ["Bash(git push:*)"] } };

export interface Asked {
  /** As it stands on the screen. */
  shown: string;
  /** What the settings hold after "always". */
  kept: string;
}

/** Asks about a call in a new playground: bash with a command, write_file with a text, edit_file with two texts. */
export async function askedAbout(tool: string, path: string, texts: readonly string[]): Promise<Asked> {
  const root = join(temporaryFolder(), "playground");
  ensurePlayground(root, join(ROOT, "packages/playground/template"));
  mkdirSync(join(root, ".claude"), { recursive: true });
  writeFileSync(join(root, SETTINGS), JSON.stringify(BEFORE));
  try {
    const question = await questionAbout(root, { name: tool, input: inputOf(tool, path, texts) });
    let shown = "";
    showQuestion(
      question,
      new Screen({ write: (text) => (shown += text), isLive: false, columns: () => 100 }),
    );
    return { shown, kept: readFileSync(join(root, SETTINGS), "utf8") };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function questionAbout(root: string, call: { name: string; input: object }): Promise<Question> {
  const session = new Session(createModelClient({ env: { ANTHROPIC_API_KEY: "test" } }));
  let asked: Question | undefined;
  session.human = (question) => {
    asked = question;
    return Promise.resolve({ choice: question.choices[1] ?? "" });
  };
  const next = () => Promise.resolve({ content: "" });
  await permissions(new Workspace(root)).wrapToolCall?.({ ...call, id: "1", readOnly: false, session }, next);
  if (!asked) throw new Error(`${call.name} ${JSON.stringify(call.input)} is not asked`);
  return asked;
}

function inputOf(tool: string, path: string, [first = "", second = ""]: readonly string[]): object {
  if (tool === "bash") return { command: first };
  if (tool === "write_file") return { file_path: path, content: first };
  return { file_path: path, old_string: first, new_string: second };
}
