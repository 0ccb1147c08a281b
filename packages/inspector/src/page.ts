// The inspector's page, built by vite when it is first asked for and kept under a hash of all that it is made of. It is
// built in a process of its own: vite is large, and may not see the environment, which holds a key.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, extname, join } from "node:path";
import { promisify } from "node:util";

const FOLDER = join(import.meta.dirname, "..");
const SOURCES = ["page", "../player/src", "../player/component"];
const CACHE = "node_modules/.cache/inspector";
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** The files of the page by their paths, as in "assets/index-abc.js"; the page itself is "". */
export type Page = ReadonlyMap<string, { readonly type: string; readonly body: Buffer }>;

/**
 * Builds the page unless that was done before; `say` hears that it takes a moment. Rejects with what to do.
 * `root` is this package, or for tests one that is laid out as it is.
 */
export async function buildPage(say: (line: string) => void = () => {}, root = FOLDER): Promise<Page> {
  const folder = join(root, CACHE, hashOfSources(root));
  if (!existsSync(folder)) {
    say("Building the inspector's page. This is done once.");
    await build(root, folder);
  }
  return read(folder);
}

async function build(root: string, folder: string): Promise<void> {
  const draft = `${folder}.${process.pid}`;
  const vite = join(dirname(createRequire(import.meta.url).resolve("vite/package.json")), "bin/vite.js");
  const args = [vite, "build", "--config", "page/vite.config.mjs", "--outDir", draft, "--emptyOutDir"];
  const { PATH, HOME } = process.env;
  try {
    mkdirSync(dirname(folder), { recursive: true });
    await promisify(execFile)(process.execPath, args, { cwd: root, env: { PATH, HOME } });
    // Another program may have been quicker; its page is the same.
    if (!existsSync(folder)) renameSync(draft, folder);
  } catch (error) {
    const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : String(error);
    throw new Error(
      `The inspector's page could not be built. Run: npx pnpm@10.34.9 install\n${said.slice(0, 2_000)}`,
      { cause: error },
    );
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  removeOthers(folder);
}

/** Pages of other sources: programs hold theirs in memory. A name with a dot is a page that another program builds. */
function removeOthers(folder: string): void {
  const cache = dirname(folder);
  for (const name of readdirSync(cache))
    if (name !== basename(folder) && !name.includes("."))
      rmSync(join(cache, name), { recursive: true, force: true });
}

function hashOfSources(root: string): string {
  const hash = createHash("sha256").update(readFileSync(join(root, "package.json")));
  for (const folder of SOURCES) {
    const names = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
    for (const name of names.filter((path) => extname(path) !== "").toSorted())
      hash.update(`\0${folder}/${name}\0`).update(readFileSync(join(root, folder, name)));
  }
  return hash.digest("hex").slice(0, 16);
}

function read(folder: string): Page {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return new Map(
    files.flatMap((name) => {
      const type = TYPES[extname(name)];
      if (type === undefined) return [];
      return [[name === "index.html" ? "" : name, { type, body: readFileSync(join(folder, name)) }] as const];
    }),
  );
}
