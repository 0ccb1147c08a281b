import { spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { startOfflineModel } from "@course/offline-model";
import { afterAll, beforeAll, expect, test } from "vitest";
import { chapters, findChapter, linesIn, ROOT } from "../lib/chapters.ts";
import { ONE_FILE_LINES } from "../lib/facts.ts";
import { bareEdition, oneFile } from "../lib/standalone.ts";

// A folder that holds the files and their npm dependencies, and nothing of the repository.
const folder = mkdtempSync(join(tmpdir(), "course-"));
const work = join(folder, "work");
const WORK = ["--dir", "work"];

beforeAll(async () => {
  mkdirSync(work);
  mkdirSync(join(folder, "node_modules", "@types"), { recursive: true });
  const linked = new Set<string>();
  const link = (from: string, name: string) => {
    if (!linked.has(name)) symlinkSync(join(ROOT, from, name), join(folder, "node_modules", name));
    linked.add(name);
  };
  for (const parent of ["packages", "chapters"])
    for (const name of readdirSync(join(ROOT, parent))) {
      const from = `${parent}/${name}/node_modules`;
      const names = existsSync(join(ROOT, from)) ? readdirSync(join(ROOT, from)) : [];
      for (const dependency of names.filter((one) => !one.startsWith(".") && !/^@(course|types)$/.test(one)))
        link(from, dependency);
      if (names.includes("@types"))
        for (const types of readdirSync(join(ROOT, from, "@types"))) link(from, `@types/${types}`);
    }
  link("node_modules", "tsx");
  symlinkSync(join(ROOT, "node_modules/@types/node"), join(folder, "node_modules/@types/node"));
  // As `npm install` leaves it: no "type".
  writeFileSync(join(folder, "package.json"), "{}");
  writeFileSync(join(folder, "s01-bare.ts"), bareEdition(findChapter("s01")));
  for (const chapter of chapters) {
    writeFileSync(join(folder, `${chapter.id}.ts`), await oneFile(chapter));
  }
});

const linesOfFile = (name: string) => linesIn(readFileSync(join(folder, name), "utf8"));

test("the lessons say how many lines each has", () => {
  const counted: unknown = JSON.parse(readFileSync(join(ROOT, ONE_FILE_LINES), "utf8"));
  const lines = Object.fromEntries(chapters.map(({ id }) => [id, linesOfFile(`${id}.ts`)]));
  expect(counted, "run npm run standalone -- --count, then npm run docs").toEqual(lines);
});

test("s13 has at most 2,300 lines as one file, and s01 on the SDK alone at most 60", () => {
  expect(linesOfFile("s13.ts")).toBeLessThanOrEqual(2300);
  expect(linesOfFile("s01-bare.ts")).toBeLessThanOrEqual(60);
});

test("the first line names the chapter and the edition", () => {
  const { version, edition } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as Record<
    string,
    string
  >;
  for (const [name, title] of [
    ["s13.ts", "s13 Background Tasks"],
    ["s01-bare.ts", "s01 Agent Loop"],
  ])
    expect(readFileSync(join(folder, name ?? ""), "utf8")).toMatch(
      `// ${title}, edition ${version} of ${edition}`,
    );
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a file with lines on its standard input, which ends once it has printed `until`. */
async function runFile(name: string, env: Record<string, string>, args: string[], input = "", until = "") {
  const tsx = pathToFileURL(join(folder, "node_modules/tsx/dist/loader.mjs")).href;
  const child = spawn(process.execPath, ["--import", tsx, name, ...args], {
    cwd: folder,
    env: { PATH: process.env["PATH"], ...env },
  });
  child.stdin.write(input);
  let printed = "";
  if (until === "") child.stdin.end();
  else
    child.stdout.on("data", (chunk: Buffer) => {
      printed += chunk.toString();
      if (printed.includes(until)) child.stdin.end();
    });
  const code = new Promise((resolve) => child.once("exit", resolve));
  return { stdout: await text(child.stdout), stderr: await text(child.stderr), code: await code };
}

test("all pass tsc --strict", () => {
  const tsc = join(ROOT, "node_modules/.bin/tsc");
  const files = ["s01-bare.ts", ...chapters.map(({ id }) => `${id}.ts`)];
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
});

test.each(chapters.map(({ id }) => id))("%s as one file answers a prompt through an endpoint", async (id) => {
  const server = await startOfflineModel();
  const answered = await runFile(`${id}.ts`, { ANTHROPIC_BASE_URL: server.url }, [...WORK, "-p", "Run pwd"]);
  expect(answered.stdout).toMatch(/^pwd:\n.*work\n$/);
  expect(answered.code).toBe(0);
  await server.close();
});

test("with no endpoint it says in one line what to set", async () => {
  const { stdout, stderr, code } = await runFile("s13.ts", {}, WORK);
  expect(stderr).toBe("Set ANTHROPIC_API_KEY, or ANTHROPIC_BASE_URL for your own endpoint.\n");
  expect(stdout).toBe("");
  expect(code).toBe(1);
});

test("s13's plain terminal takes lines, runs tools, and is woken by what ends in the background", async () => {
  const server = await startOfflineModel();
  const input = "Run `sleep 0.5; echo built` in the background\n";
  const { stdout, code } = await runFile(
    "s13.ts",
    { ANTHROPIC_BASE_URL: server.url },
    WORK,
    input,
    "completed: sleep",
  );
  expect(stdout).toMatch(/^s13 Background Tasks, edition .*\n.* Ctrl-D leaves\./);
  expect(stdout).toMatch(/● background_run [\s\S]*▸ the harness injects: <background-results>/);
  expect(code).toBe(0);
  await server.close();
});

test("s01 on the SDK alone answers a prompt", async () => {
  const server = await startOfflineModel();
  const env = { ANTHROPIC_BASE_URL: server.url, ANTHROPIC_API_KEY: "test" };
  const { stdout, code } = await runFile("s01-bare.ts", env, [], "Run pwd\n");
  expect(stdout).toMatch(/● bash pwd\n[\s\S]*pwd:\n.*course-/);
  expect(code).toBe(0);
  await server.close();
});
