// Which test files run which places of a package's sources, and how long each takes without a mutant.
// Kept by the content of what the packages hold, because measuring takes about as long as the tests.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { probeAround, probed } from "./probes.ts";
import type { Mutant } from "./mutate.ts";
import { filesUnder, packagesOf, withNeeds, type Package } from "./packages.ts";
import type { Sandbox } from "./sandbox.ts";

export interface Measured {
  /** From the package's folder. */
  test: string;
  ms: number;
  places: string[];
}

/** Leaves out the test files that take longer than `longestMs`. Throws an Error if a test fails without any mutant. */
export async function measure(sandbox: Sandbox, one: Package, longestMs: number): Promise<Measured[]> {
  const { root, folder, sources, tests } = one;
  const codes = sources.map((file) => ({ file, code: sandbox.read(file) }));
  const cache = join(root, "node_modules/.cache/mutants");
  const needed = [...withNeeds(one, packagesOf(root))].map((each) => join(root, each.folder, "src"));
  const shared = contentOf([...needed, join(root, folder, "test")]);
  const measured: Measured[] = [];
  try {
    for (const { file, code } of codes) sandbox.write(file, probed(file, code, sandbox.hits));
    for (const test of tests) {
      const key = createHash("sha256").update(shared).update(join(folder, test));
      const file = join(cache, `${key.update(readFileSync(join(root, folder, test))).digest("hex")}.json`);
      if (!existsSync(file)) {
        const found = await measureOne(sandbox, folder, test, longestMs);
        if (!found) continue;
        mkdirSync(cache, { recursive: true });
        writeFileSync(file, JSON.stringify(found));
      }
      measured.push(JSON.parse(readFileSync(file, "utf8")) as Measured);
    }
  } finally {
    for (const { file, code } of codes) sandbox.write(file, code);
  }
  return measured.filter(({ ms }) => ms <= longestMs).toSorted((a, b) => a.ms - b.ms);
}

async function measureOne(
  sandbox: Sandbox,
  folder: string,
  test: string,
  longestMs: number,
): Promise<Measured | undefined> {
  rmSync(sandbox.hits, { force: true });
  const limits = { ms: longestMs, testMs: 60_000 };
  const { passed, isTimeout, failure, ms } = await sandbox.run(folder, [test], limits);
  if (isTimeout) return undefined;
  if (!passed) throw new Error(`${folder}/${test} fails without any mutant: ${failure}. Mend it first.`);
  const hits = existsSync(sandbox.hits) ? readFileSync(sandbox.hits, "utf8").trim().split("\n") : [];
  return { test, ms, places: [...new Set(hits)] };
}

/** The test files that run the mutant's place, the quickest first. */
export function testsFor(mutant: Mutant, code: string, measured: readonly Measured[]): Measured[] {
  const probe = probeAround(code, mutant.start);
  // No probe is around the head of a function that stands alone, such as its default values: who loads the file may run it.
  const isRun = (place: string) =>
    probe === -1 ? place.startsWith(`${mutant.file}:`) : place === `${mutant.file}:${probe}`;
  return measured.filter(({ places }) => places.some(isRun));
}

function contentOf(folders: readonly string[]): string {
  const hash = createHash("sha256");
  for (const folder of folders)
    for (const file of filesUnder(folder))
      // A test file counts for itself alone.
      if (!file.endsWith(".test.ts")) hash.update(file).update(readFileSync(join(folder, file)));
  return hash.digest("hex");
}
