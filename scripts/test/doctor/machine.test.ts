import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "@course/runtime/testing";
import { afterAll, expect, test } from "vitest";
import { judge } from "../../doctor/chapters.ts";
import { checkMachine, type Machine } from "../../doctor/machine.ts";
import { plainLine } from "../../doctor/check.ts";
import { checkSettings } from "../../doctor/settings.ts";
import { chapters, ROOT } from "../../lib/chapters.ts";

const folder = temporaryFolder();
const envFile = join(folder, ".env");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const VERSIONS: Readonly<Record<string, string>> = {
  git: "git version 2.50.0",
  bash: "GNU bash, version 5.2 (x)",
};

function machine(changes: Partial<Machine> & { without?: string } = {}): Machine {
  const root = join(folder, "repository");
  mkdirSync(join(root, "node_modules/.bin"), { recursive: true });
  writeFileSync(join(root, "node_modules/.bin/pnpm"), "");
  writeFileSync(join(root, "package.json"), '{"engines":{"node":">=20.19"},"packageManager":"pnpm@10.0.0"}');
  const versions: Record<string, string> = { ...VERSIONS, [join(root, "node_modules/.bin/pnpm")]: "10.0.0" };
  return {
    nodeVersion: "20.19.0",
    root,
    terminal: { columns: 80, hasColors: true },
    firstLine: (program) => (program === changes.without ? undefined : versions[program]),
    ...changes,
  };
}

const notOk = (given: Machine) =>
  checkMachine(given).flatMap(({ status, found, next = "" }) =>
    status === "ok" ? [] : `${status}: ${found}: ${next}`,
  );

test("a machine that has everything", () => {
  expect(notOk(machine())).toEqual([]);
  expect(checkMachine(machine()).map(({ found }) => found)).toEqual([
    "Node 20.19.0; 20.19 or newer is needed",
    "pnpm 10.0.0",
    "git version 2.50.0",
    "GNU bash, version 5.2",
    "Terminal of 80 columns, with colours",
  ]);
});

test.each<[string, Parameters<typeof machine>[0], RegExp]>([
  ["an old Node", { nodeVersion: "20.18.3" }, /^failed: Node 20\.18\.3.*Install Node/],
  [
    "another pnpm",
    { firstLine: (name) => VERSIONS[name] ?? "9.1.0" },
    /^warning: pnpm 9\.1\.0; .*npx pnpm@10\.0\.0/,
  ],
  ["no git", { without: "git" }, /^failed: git cannot be run: Install git/],
  ["no bash", { without: "bash" }, /^failed: bash cannot be run: Install bash/],
  [
    "a narrow terminal",
    { terminal: { columns: 60, hasColors: false } },
    /60 columns, without colours: Make it 80/,
  ],
  ["no terminal", { terminal: undefined }, /^skipped: The output is no terminal/],
])("%s", (_, changes, line) => {
  expect(notOk(machine(changes))).toEqual([expect.stringMatching(line)]);
});

test("without git, s18 does not work and the others do", () => {
  const verdicts = judge(
    chapters.map(({ id }) => id),
    checkMachine(machine({ without: "git" })),
  );
  expect(verdicts.filter(({ works }) => !works)).toEqual([
    { id: "s18", works: false, missing: ["worktrees need git"] },
  ]);
});

function settings(text: string, shell: Record<string, string> = {}) {
  writeFileSync(envFile, text);
  return checkSettings(shell, envFile).map(({ status, found }) => `${status}: ${found}`);
}

test("a line of an endpoint holds no secret of four characters or more", () => {
  expect(plainLine("bad key pass for me", ["pass", "me"])).toBe("bad key [redacted] for me");
});

test("which setting holds, and never a key", () => {
  const key = "sk-secret-0123456789";
  expect(settings("")).toEqual(["ok: Neither the shell nor .env names a key, an address or a model"]);
  expect(settings(`ANTHROPIC_API_KEY=${key}\nMODEL_ID=a\n`, { MODEL_ID: "b" })).toEqual([
    "ok: ANTHROPIC_API_KEY from .env: set, 20 characters",
    "warning: MODEL_ID from the shell: b; .env has another, which is not used",
  ]);
  expect(settings(`ANTHROPIC_API_KEY=${key}\n`, { ANTHROPIC_API_KEY: "" })).toEqual([
    "warning: ANTHROPIC_API_KEY is set to nothing in the shell, which wins over .env",
  ]);
  expect(settings("", { ANTHROPIC_API_KEY: key, ANTHROPIC_AUTH_TOKEN: "token-0123" }).at(-1)).toMatch(
    /both set; the key is used/,
  );
  expect(settings("MODEL ID=x\n").at(0)).toMatch(/^warning: .*\.env, line 1, is not a clean NAME=value/);
  const url = "http://me:password@host:1/x";
  expect(settings("", { ANTHROPIC_BASE_URL: url })).toEqual([
    "ok: ANTHROPIC_BASE_URL from the shell: http://host:1/x",
  ]);
});

const doctor = (args: string[], env: Record<string, string> = {}) =>
  spawnSync(process.execPath, ["--import", "./scripts/preflight.mjs", "scripts/doctor.ts", ...args], {
    cwd: ROOT,
    encoding: "utf8",
    env: { PATH: process.env["PATH"], HOME: folder, ANTHROPIC_API_KEY: "", ANTHROPIC_BASE_URL: "", ...env },
  });

test("the offline model, as text of at most 80 columns and as JSON", () => {
  const asText = doctor(["--offline"]);
  expect(asText.stderr).toBe("");
  expect(asText.stdout).toMatch(/✓ Several tools are called at once\n[^]*✓ all: work\n$/);
  expect(Math.max(...asText.stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  const { status, stdout } = doctor(["--offline", "--json"]);
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    ok: true,
    examined: true,
    endpoint: "the offline model",
    chapters: expect.arrayContaining([{ id: "s13", works: true, missing: [] }]),
  });
});

test("an endpoint is not asked without --yes, and what cannot be an address is said", () => {
  const closed = { ANTHROPIC_BASE_URL: "http://127.0.0.1:5" };
  const unasked = doctor([], closed);
  expect(unasked.stdout).toMatch(/- Not asked; npm run doctor -- --yes asks it\n$/);
  expect(unasked.status).toBe(0);
  const asked = doctor(["--yes"], closed);
  expect(asked.stdout).toMatch(/✗ No connection to 127\.0\.0\.1:5 [^]*✗ all: no endpoint answers\n$/);
  expect(asked.status).toBe(1);
  const wrong = doctor(["--yes", "--json"], { ANTHROPIC_BASE_URL: "localhost" });
  expect(JSON.parse(wrong.stdout)).toMatchObject({ ok: false, examined: false, chapters: [] });
  expect(wrong.stdout).toContain('ANTHROPIC_BASE_URL is \\"localhost\\"');
  const swallowed = doctor([], { npm_lifecycle_event: "doctor", npm_config_json: "true" });
  expect(swallowed.stderr).toBe("npm took --json for itself. Write: npm run doctor -- --json\n");
});
