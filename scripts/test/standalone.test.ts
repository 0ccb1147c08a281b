import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { startOfflineModel } from "@course/offline-model";
import { beforeAll, expect, test } from "vitest";
import { chapters, ROOT } from "../lib/chapters.ts";
import { formatted } from "../lib/format.ts";
import { buildStandalone } from "../lib/standalone.ts";

// A folder that holds the files and their npm dependencies, and nothing of the repository.
const folder = mkdtempSync(join(tmpdir(), "course-"));
const work = join(folder, "work");

beforeAll(async () => {
  mkdirSync(work);
  mkdirSync(join(folder, "node_modules", "@types"), { recursive: true });
  const linked = new Set<string>();
  const link = (from: string, name: string) => {
    if (!linked.has(name)) symlinkSync(join(ROOT, from, name), join(folder, "node_modules", name));
    linked.add(name);
  };
  for (const name of ["@anthropic-ai", "dotenv", "fastest-levenshtein", "picocolors", "yocto-spinner", "zod"])
    link("packages/runtime/node_modules", name);
  for (const { name, dependencies } of chapters)
    for (const dependency of dependencies.filter((one) => !one.startsWith("@")))
      link(`chapters/${name}/node_modules`, dependency);
  for (const name of ["tree-sitter-bash", "web-tree-sitter"])
    link("packages/shell-safety/node_modules", name);
  link("node_modules", "tsx");
  symlinkSync(join(ROOT, "node_modules/@types/node"), join(folder, "node_modules/@types/node"));
  // As `npm install` leaves it: no "type".
  writeFileSync(join(folder, "package.json"), "{}");
  for (const chapter of chapters) {
    writeFileSync(join(folder, `${chapter.id}.ts`), await formatted(buildStandalone(chapter), "typescript"));
  }
}, 180_000);

async function runFile(id: string, env: Record<string, string>) {
  const tsx = pathToFileURL(join(folder, "node_modules/tsx/dist/loader.mjs")).href;
  const child = spawn(process.execPath, ["--import", tsx, `${id}.ts`, "--dir", "work", "-p", "Run pwd"], {
    cwd: folder,
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const code = new Promise((resolve) => child.once("exit", resolve));
  return { stdout: await text(child.stdout), stderr: await text(child.stderr), code: await code };
}

test("all pass tsc --strict", () => {
  const tsc = join(ROOT, "node_modules/.bin/tsc");
  const files = chapters.map(({ id }) => `${id}.ts`);
  const flags = [
    "--strict",
    "--noEmit",
    "--skipLibCheck",
    "--target",
    "es2023",
    "--lib",
    "es2024",
    "--module",
    "esnext",
    "--moduleResolution",
    "bundler",
    "--types",
    "node",
  ];
  const { stdout, status } = spawnSync(tsc, [...flags, ...files], { cwd: folder, encoding: "utf8" });
  expect(stdout).toBe("");
  expect(status).toBe(0);
}, 60_000);

test.each(chapters.map(({ id }) => id))("%s as one file answers a prompt through an endpoint", async (id) => {
  const server = await startOfflineModel();
  const answered = await runFile(id, { ANTHROPIC_BASE_URL: server.url });
  expect(answered.stdout).toMatch(/^pwd:\n.*work\n$/);
  expect(answered.code).toBe(0);
  await server.close();
});

test("with no endpoint it says in one line where the offline model is", async () => {
  const { stdout, stderr, code } = await runFile("s13", {});
  expect(stderr).toBe(
    "The offline model lives in the repository. Set ANTHROPIC_API_KEY or ANTHROPIC_BASE_URL.\n",
  );
  expect(stdout).toBe("");
  expect(code).toBe(1);
});
