// A copy of the repository in a temporary folder, where a mutant may stand and its tests run. On Linux they see only
// their own processes, and the real tree is read-only: a mutant of what ends processes or removes files can do both
// to what is not its own. When the tests are ended, so is everything that they started.
// Not covered: elsewhere the processes are not kept apart, and what left its process group lives on.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { temporaryFolder } from "@course/runtime/testing";
import { ROOT } from "../lib/chapters.ts";
import { filesUnder, packagesOf } from "./packages.ts";

export interface TestRun {
  passed: boolean;
  isTimeout: boolean;
  ms: number;
  /** The first test that failed, or what vitest printed where no test did. */
  failure: string;
}

export interface Limits {
  /** For the whole run. */
  ms: number;
  /** For each test that sets no other. */
  testMs: number;
}

/** Root may do what follows; anybody else must be root in a namespace of their own. */
const isRoot = process.getuid?.() === 0;
const NAMESPACES = [
  ...(isRoot ? [] : ["--map-root-user"]),
  "--mount",
  "--pid",
  "--fork",
  "--kill-child",
  "--mount-proc",
];

export class Sandbox {
  /** Whether the tests can be kept apart from other processes, or need not be. */
  static readonly isPossible = process.platform !== "linux" || isApart();

  readonly hits: string;
  readonly #root: string;
  readonly #folder = temporaryFolder();
  readonly #tree = join(this.#folder, "tree");
  #running: { end(): void } | undefined;

  constructor(root: string = ROOT) {
    this.#root = root;
    this.hits = join(this.#folder, "hits");
    if (!Sandbox.isPossible)
      throw new Error(
        "Mutants of what ends processes could end yours, and unshare, which keeps them apart, does not work here. Run this where `unshare --map-root-user --pid --fork true` works.",
      );
    for (const name of ["tmp", "home"]) mkdirSync(join(this.#folder, name));
    // Tests that act as another user must get to what they wrote there.
    chmodSync(this.#folder, 0o711);
    this.#copy();
  }

  read(file: string): string {
    return readFileSync(join(this.#tree, file), "utf8");
  }

  write(file: string, code: string): void {
    writeFileSync(join(this.#tree, file), code);
  }

  /** Runs these test files of a package, in this order, until one test fails or the time is over. */
  async run(packageFolder: string, tests: readonly string[], limits: Limits): Promise<TestRun> {
    const started = performance.now();
    const report = join(this.#folder, "report.json");
    rmSync(report, { force: true });
    const child = this.#start(packageFolder, tests, [
      `--outputFile=${report}`,
      `--testTimeout=${limits.testMs}`,
    ]);
    let isTimeout = false;
    const end = () => {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
        process.kill(-child.pid, "SIGKILL");
    };
    this.#running = { end };
    const timer = setTimeout(() => {
      isTimeout = true;
      end();
    }, limits.ms);
    let printed = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (text: Buffer) => (printed = (printed + text.toString()).slice(-4_000)));
    const [code] = (await once(child, "close")) as [number | null];
    clearTimeout(timer);
    this.#running = undefined;
    this.#sweep();
    const ms = performance.now() - started;
    return { passed: code === 0, isTimeout, ms, failure: code === 0 ? "" : firstFailure(report, printed) };
  }

  close(): void {
    this.#running?.end();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  #start(packageFolder: string, tests: readonly string[], more: readonly string[]) {
    const folder = join(this.#tree, packageFolder);
    const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
    const config = join(ROOT, "scripts/mutants/vitest.config.ts");
    const command = [
      process.execPath,
      vitest,
      "run",
      "--config",
      config,
      "--configLoader=runner",
      "--root",
      folder,
    ];
    const [program = "", ...args] = [...apart(this.#root), ...command, "--bail=1", ...more, ...tests];
    return spawn(program, args, {
      cwd: folder,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...ownEnvironment(), ...this.#places(), MUTANT_TESTS: tests.join("\n") },
    });
  }

  #places(): Record<string, string> {
    return { TMPDIR: join(this.#folder, "tmp"), HOME: join(this.#folder, "home") };
  }

  /** What git would commit or has, with the packages' links; the libraries themselves stay where they are. */
  #copy(): void {
    const isRepository = existsSync(join(this.#root, ".git"));
    const files = isRepository
      ? execFileSync("git", ["ls-files", "-co", "--exclude-standard", "-z"], { cwd: this.#root })
          .toString()
          .split("\0")
          .filter((file) => file !== "" && existsSync(join(this.#root, file)))
      : filesUnder(this.#root);
    for (const file of files) {
      mkdirSync(dirname(join(this.#tree, file)), { recursive: true });
      copyFileSync(join(this.#root, file), join(this.#tree, file));
    }
    // Tests ask git which files there are.
    if (isRepository)
      for (const args of [
        ["init", "-q"],
        ["add", "."],
      ])
        execFileSync("git", args, { cwd: this.#tree });
    symlinkSync(join(this.#root, "node_modules"), join(this.#tree, "node_modules"));
    for (const folder of ["scripts", ...packagesOf(this.#root).map((one) => one.folder)]) {
      const links = join(folder, "node_modules");
      if (existsSync(join(this.#root, links)))
        cpSync(join(this.#root, links), join(this.#tree, links), { recursive: true, verbatimSymlinks: true });
    }
  }

  /** Removes what tests left that were ended, but keeps what programs cache. */
  #sweep(): void {
    const tmp = join(this.#folder, "tmp");
    for (const name of readdirSync(tmp))
      if (!name.startsWith("tsx-")) rmSync(join(tmp, name), { recursive: true, force: true });
  }
}

/** What a program is started with, so that it can reach no other process and not the real tree. */
function apart(root: string): string[] {
  if (process.platform !== "linux") return [];
  const script = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && cd "$PWD" && exec "$@"';
  // Tests ask who they are; in the end they are who they would be without all this.
  const again = isRoot
    ? []
    : ["unshare", `--map-user=${process.getuid?.()}`, `--map-group=${process.getgid?.()}`];
  return ["unshare", ...NAMESPACES, "sh", "-c", script, root, ...again];
}

function isApart(): boolean {
  return spawnSync("unshare", [...NAMESPACES, "true"]).status === 0;
}

/** Under vitest itself, as in this script's own tests, its variables would reach the inner one. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_V8|CI$|ANTHROPIC)/.test(name)),
  );
}

interface Report {
  testResults: {
    name: string;
    message: string;
    assertionResults: { title: string; status: string }[];
  }[];
}

function firstFailure(report: string, printed: string): string {
  if (!existsSync(report)) return printed.trim();
  const { testResults } = JSON.parse(readFileSync(report, "utf8")) as Report;
  for (const { assertionResults, message, name } of testResults) {
    const failed = assertionResults.find(({ status }) => status === "failed");
    if (failed) return failed.title;
    if (message !== "") return `${name.split("/").at(-1)}: ${message.split("\n", 1)[0]}`;
  }
  return printed.trim();
}
