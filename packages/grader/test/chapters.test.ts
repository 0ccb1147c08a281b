// Our own chapters are held to what we ask of a learner's agent.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "@course/runtime/terminal";
import { expect, test, vi } from "vitest";
import { WINDOW_TOKENS } from "../src/stages/pages-script.ts";
import { failures, program } from "./program.ts";

// Many programs run side by side, and the machine may have other work.
vi.setConfig({ testTimeout: 180_000 });

function chapter(id: string, flags = "") {
  const name = readdirSync(join(REPOSITORY, "chapters")).find((folder) => folder.startsWith(`${id}-`));
  const main = `chapters/${name}/src/main.ts`;
  return program(`node --import ./scripts/preflight.mjs ${main} --dir . ${flags} -p {prompt}`);
}

test.concurrent.each([
  { id: "s01", stages: ["loop"], flags: "--max-turns 20" },
  { id: "s02", stages: ["files"] },
  { id: "s06", stages: ["context", "thinking"], flags: `--context-tokens ${WINDOW_TOKENS}` },
  { id: "s11", stages: ["recovery"] },
  { id: "s13", stages: ["background"] },
])(
  "$id passes $stages",
  async ({ id, stages, flags }) => {
    expect(await failures(chapter(id, flags), stages)).toEqual([]);
  },
  180_000,
);
