// Our own chapters are held to what we ask of a learner's agent.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { REPOSITORY } from "@course/runtime/terminal";
import { afterAll, expect, test } from "vitest";
import { WINDOW_TOKENS } from "../src/stages/pages-script.ts";
import { bundle } from "./bundle.ts";
import { failures, program } from "./program.ts";

const programs = mkdtempSync(join(tmpdir(), "grade-chapters-"));
afterAll(() => rmSync(programs, { recursive: true, force: true }));

async function chapter(id: string, flags = "") {
  const name = readdirSync(join(REPOSITORY, "chapters")).find((folder) => folder.startsWith(`${id}-`));
  const file = join(programs, `${id}.mjs`);
  await bundle(`chapters/${name}/src/main.ts`, file);
  return program(`node ${file} --dir . ${flags} -p {prompt}`);
}

test.concurrent.each([
  { id: "s01", stages: ["loop"], flags: "--max-turns 20" },
  { id: "s02", stages: ["files"] },
  { id: "s06", stages: ["context", "thinking"], flags: `--context-tokens ${WINDOW_TOKENS}` },
  { id: "s11", stages: ["recovery"] },
  { id: "s13", stages: ["background"] },
])("$id passes $stages", async ({ id, stages, flags }) => {
  const failed = await failures(await chapter(id, flags), stages);
  expect(failed.join("\n")).toBe("");
});
