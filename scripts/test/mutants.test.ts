import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { temporaryFolder } from "@course/runtime/testing";
import { afterAll, expect, test } from "vitest";
import { ROOT } from "../lib/chapters.ts";
import { isAccepted, readAccepted } from "../mutants/accepted.ts";
import { apply, mutantsOf, wordDiff } from "../mutants/mutate.ts";
import { findPackage, packagesOf } from "../mutants/packages.ts";
import { probed } from "../mutants/probes.ts";
import { choose, mutate } from "../mutants/run.ts";
import { Sandbox } from "../mutants/sandbox.ts";

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const changes = (code: string) => mutantsOf("a.ts", code).map((mutant) => apply(code, mutant));
const command = (...args: string[]) => ["--import", "./scripts/preflight.mjs", "scripts/mutants.ts", ...args];
const mutants = (...args: string[]) =>
  spawnSync(process.execPath, command(...args), { cwd: ROOT, encoding: "utf8" });

test.each([
  ["if (a) b();", ["if (!(a)) b();", "if (a) {}"]],
  ["while (!a) b();", ["while (a) b();", "while (!a) {}"]],
  ["x = a && b;", [";", "x = (a);", "x = (b);"]],
  ["x = a ?? b;", [";", "x = (a);", "x = (b);"]],
  ["x = a < b;", [";", "x = a <= b;"]],
  ["x = a === b;", [";", "x = a !== b;"]],
  ["x = a - b;", [";", "x = a + b;"]],
  ["x -= a;", [";", "x += a;"]],
  ["await a();", [";", "a();"]],
  ["x = a.some(b);", [";", "x = a.every(b);"]],
  ["x = a.filter(b);", [";", "x = a;"]],
  ["const f = (a = b) => a;", ["const f = (a) => a;"]],
  ["const x = true;", ["const x = false;"]],
  ['const x = "key";', ['const x = "";']],
  ["const x = 3;", ["const x = 4;"]],
  ["function f() { if (a) return b; return c; }", 2],
  [
    "function f() { try { return a; } catch { return undefined; } }",
    ["function f() { try { ; } catch { return undefined; } }"],
  ],
  ["function f() { try { a(); } catch { return; } b(); }", 3],
])("%s", (code, expected) => {
  if (typeof expected === "number") expect(changes(code)).toHaveLength(expected);
  else expect(changes(code)).toEqual(expected);
});

test.each([
  'import { a } from "a";',
  'type A = "a" | true;',
  'const x = new Error("gone");',
  'const x = "Two words";',
  "const x = `${a} of them`;",
  'console.log("a");',
  'const x = z.describe("a");',
  'const x = { description: "a" };',
  "const x = a.toString();",
])("%s is left alone", (code) => {
  expect(changes(code)).toEqual([]);
});

test("a change is shown on one line, also where it is of several", () => {
  const code = "if (\n  a &&\n  b\n) {\n  c;\n}";
  const half = mutantsOf("a.ts", code).find(
    ({ mutator, after }) => mutator === "half" && after.includes("a"),
  );
  expect(half && wordDiff(half)).toBe("[-a && b-]{+(a)+}");
  expect(half?.line).toBe(2);
});

test("probes tell what ran, in expressions and branches too, and change nothing", () => {
  const hits = join(folder, "hits");
  const code = `const twice = (a: number) => a * 2;
const never = () => 1;
function pick(a: number) {
  switch (a) {
    case 1: return "one";
    default: if (a > 5) return "many"; else return "few";
  }
}
console.log(twice(4), pick(1), pick(7), typeof never);
`;
  const file = join(folder, "probed.ts");
  writeFileSync(file, probed("a.ts", code, hits));
  const { stdout } = spawnSync(process.execPath, ["--import", "tsx", file], { cwd: ROOT, encoding: "utf8" });
  expect(stdout).toBe("8 one many function\n");
  const ran = readFileSync(hits, "utf8").trim().split("\n");
  const place = (text: string) => `a.ts:${code.indexOf(text)}`;
  expect(ran).toEqual(expect.arrayContaining(["a * 2", 'return "one"', 'return "many"'].map(place)));
  expect(ran).not.toContain(place("1;"));
  expect(ran).not.toContain(place('return "few"'));
});

test("a seed picks the same mutants again, and accepted ones are known by their text", () => {
  const runtime = findPackage("runtime", packagesOf());
  const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
  const pick = (seed: number) => choose(runtime, read, {}, { sample: 20, seed }).mutants;
  expect(pick(1)).toHaveLength(20);
  expect(pick(1)).toEqual(pick(1));
  expect(pick(1)).not.toEqual(pick(2));

  const [mutant] = mutantsOf("a.ts", "\n\nx = a ?? b;");
  const entry = { before: "x = a ?? b;", after: ";", reason: "x is not read" };
  expect(mutant && isAccepted(mutant, { "a.ts": [entry] })).toBe(true);
  expect(mutant && isAccepted(mutant, { "b.ts": [entry] })).toBe(false);
});

test("each accepted mutant has a reason, and is of a file that is there", () => {
  const sources = packagesOf().flatMap((one) => one.sources);
  for (const [file, entries] of Object.entries(readAccepted())) {
    expect(sources).toContain(file);
    for (const { reason } of entries) expect(reason.length).toBeGreaterThan(20);
  }
});

/** A repository of one package: what is tested, what is not, a child program, and a loop that can hang. */
function makeRepository(): string {
  const root = join(folder, "repository");
  const tiny = join(root, "packages/tiny");
  for (const name of ["src", "test"]) mkdirSync(join(tiny, name), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
  writeFileSync(join(tiny, "package.json"), '{ "name": "tiny", "type": "module" }');
  writeFileSync(
    join(tiny, "src/tiny.ts"),
    `export const isSmall = (n: number) => n < 10;
export const isBig = (n: number) => n > 100;
export const named = (name?: string): string => name ?? "nobody";
export function countDown(n: number) {
  while (n > 0) n -= 1;
  return n;
}
`,
  );
  writeFileSync(
    join(tiny, "src/program.ts"),
    'import { isSmall } from "./tiny.ts";\nif (isSmall(10)) process.exit(3);\n',
  );
  writeFileSync(
    join(tiny, "test/tiny.test.ts"),
    `import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { countDown } from "../src/tiny.ts";
test("a program", () => {
  const program = new URL("../src/program.ts", import.meta.url).pathname;
  expect(spawnSync(process.execPath, ["--import", "tsx", program]).status).toBe(0);
});
test("counts", () => expect(countDown(3)).toBe(0));
`,
  );
  return root;
}

test.runIf(Sandbox.isPossible)(
  "mutants hold in child programs, one that hangs is ended, and what nothing runs survives",
  async () => {
    const root = makeRepository();
    const before = readFileSync(join(root, "packages/tiny/src/tiny.ts"), "utf8");
    const tiny = findPackage("tiny", packagesOf(root));
    const accepted = {
      "packages/tiny/src/tiny.ts": [
        { before: "while (n > 0) n -= 1;", after: "while (n >= 0) n -= 1;", reason: "for this test" },
        { before: "gone", after: "", reason: "for this test" },
      ],
    };
    const options = { seed: 1, longestMs: 60_000 };
    const chosen = choose(tiny, (path) => readFileSync(join(root, path), "utf8"), accepted, options);
    expect(chosen.stale.map(({ before }) => before)).toEqual(["gone"]);
    const sandbox = new Sandbox(root);
    // Only what a case needs: each mutant costs a start of the tests.
    const wanted = ["{+=+}", "{+++}= 1", "{+(name)+}"];
    const few = chosen.mutants.filter((one) => wanted.some((part) => wordDiff(one).includes(part)));
    const { outcomes, rate } = await mutate(tiny, { ...chosen, mutants: few }, [sandbox], options, () => {});
    sandbox.close();
    const fates = Object.fromEntries(outcomes.map(({ mutant, fate }) => [wordDiff(mutant), fate]));
    expect(fates).toEqual({
      "export const isSmall = (n: number) => n <{+=+} 10;": "killed",
      "export const isBig = (n: number) => n >{+=+} 100;": "not run",
      "while (n > 0) n [---]{+++}= 1;": "timed out",
      'export const named = (name?: string): string => [-name ?? "nobody"-]{+(name)+};': "refused",
    });
    expect(rate).toBeCloseTo(2 / 3);
    expect(readFileSync(join(root, "packages/tiny/src/tiny.ts"), "utf8")).toBe(before);
  },
);

test("the command lists changes, and says what it does not know", () => {
  const { stdout } = mutants("s12", "--list", "--sample", "3", "--file", "file-lock");
  expect(stdout.trim().split("\n")).toHaveLength(3);
  expect(stdout).toMatch(/^chapters\/s12-task-system\/src\/file-lock\.ts:\d+ {2}\w+ {2}.*(\[-|\{\+)/);
  expect(mutants("s99").stderr).toMatch(/^There is no package "s99"\. There are: grader, inspector, /);
  expect(mutants("s12", "--sample", "few").stderr).toBe("--sample few: expected a whole number.\n");
  expect(mutants().stderr).toMatch(/^Name a package, as in: npm run mutants s12/);
});

test.runIf(Sandbox.isPossible)("Ctrl-C leaves no copy behind", async () => {
  const parent = join(folder, "tmp");
  mkdirSync(parent);
  const child = spawn(process.execPath, command("s12", "--sample", "5", "--seed", "1"), {
    cwd: ROOT,
    env: { ...process.env, COURSE_TEST_FOLDER: parent },
  });
  const copies = () => readdirSync(parent).filter((name) => name.startsWith("course-"));
  while (copies().length === 0) await delay(50);
  await delay(1_500);
  child.kill("SIGINT");
  const [code] = await once(child, "exit");
  expect(code).toBe(130);
  expect(copies()).toEqual([]);
});
