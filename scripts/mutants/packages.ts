// The packages that have sources and tests.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../lib/chapters.ts";

export interface Package {
  root: string;
  /** As in s12, or runtime. */
  id: string;
  /** From the root, as in chapters/s12-task-system. */
  folder: string;
  /** From the root. */
  sources: string[];
  /** From the package's folder. */
  tests: string[];
}

/** What is only there for tests: where it is wrong, all of them fail. */
const FOR_TESTS = [
  "packages/runtime/src/testing.ts",
  "packages/runtime/src/testing-programs.ts",
  "packages/remote-lanes/src/testing.ts",
  "packages/shell-safety/src/testing.ts",
];

export function packagesOf(root: string = ROOT): Package[] {
  return ["packages", "chapters"]
    .filter((parent) => existsSync(join(root, parent)))
    .flatMap((parent) =>
      readdirSync(join(root, parent)).map((name) => ({ folder: `${parent}/${name}`, name })),
    )
    .map(({ folder, name }) => ({
      root,
      folder,
      id: /^s\d\d-/.test(name) ? name.slice(0, 3) : name,
      sources: filesUnder(join(root, folder, "src"))
        .filter((file) => file.endsWith(".ts"))
        .map((file) => `${folder}/src/${file}`)
        .filter((file) => !FOR_TESTS.includes(file)),
      tests: filesUnder(join(root, folder, "test"))
        .filter((file) => file.endsWith(".test.ts"))
        .map((file) => `test/${file}`),
    }))
    .filter(({ sources, tests }) => sources.length > 0 && tests.length > 0);
}

/** Throws an Error that lists the packages where there is none of that name. */
export function findPackage(name: string, packages: readonly Package[]): Package {
  const found = packages.find(({ id, folder }) => id === name || folder.split("/").at(-1) === name);
  if (found) return found;
  throw new Error(`There is no package "${name}". There are: ${packages.map(({ id }) => id).join(", ")}.`);
}

/** The package and all those of this repository that it needs, tests' needs included. */
export function withNeeds(
  one: Package,
  packages: readonly Package[],
  found = new Set<Package>(),
): Set<Package> {
  if (found.has(one)) return found;
  found.add(one);
  const manifest = JSON.parse(readFileSync(join(one.root, one.folder, "package.json"), "utf8")) as {
    dependencies?: Record<string, string>;
    devDependencies?: Record<string, string>;
  };
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })) {
    const needed = packages.find(({ folder }) => name === `@course/${folder.split("/").at(-1)}`);
    if (needed) withNeeds(needed, packages, found);
  }
  return found;
}

/** Relative to the folder, sorted; nothing if there is no folder. Links are not followed. */
export function filesUnder(folder: string): string[] {
  return existsSync(folder) ? filesBelow(folder, "").toSorted() : [];
}

function filesBelow(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : filesBelow(root, path);
    return entry.isFile() ? [path] : [];
  });
}
