// A repository with instructions, a home of its own, and what a conversation in it is told.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { call, say, script } from "@course/offline-model/test";
import type { Answer, Question } from "@course/runtime";
import { openSession, temporaryFolder } from "@course/runtime/testing";
import { expect } from "vitest";
import { createAgent } from "../src/agent.ts";

export function write(root: string, files: Record<string, string | Buffer>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

export function repository(files: Record<string, string | Buffer>): string {
  const root = temporaryFolder();
  mkdirSync(join(root, ".git"));
  write(root, files);
  return root;
}

interface Started {
  /** The instructions that were injected, oldest first. */
  told: string[];
  notices: string[];
  questions: string[];
}

/** Runs in the folder, reading these files in turn. */
export async function start(
  root: string,
  {
    reads = [],
    answer,
    values = {},
  }: { reads?: string[]; answer?: string; values?: Record<string, boolean> } = {},
): Promise<Started> {
  const model = script(...reads.map((file_path) => call("read_file", { file_path })), say("done"));
  const open = await openSession((workspace) => createAgent(workspace, values), model, root);
  const questions: string[] = [];
  if (answer !== undefined)
    open.session.human = (question: Question): Promise<Answer> => {
      questions.push(question.text);
      return Promise.resolve({ choice: question.choices.find((choice) => choice.startsWith(answer)) ?? "" });
    };
  expect(await open.run("go")).toMatchObject({ ending: "completed" });
  await open.close();
  return {
    told: open.events.flatMap((event) =>
      event.type === "injected" && event.text.startsWith("<project-instructions>") ? [event.text] : [],
    ),
    notices: open.events.flatMap((event) => (event.type === "notice" ? [event.message] : [])),
    questions,
  };
}

export const paths = (note: string | undefined) =>
  [...(note ?? "").matchAll(/^<file path="([^"]+)"/gm)].map(([, path]) => path);
