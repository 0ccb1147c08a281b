// A chapter's program as one file. It is the same code; but started dozens of times, most of the time would go into
// reading TypeScript.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { REPOSITORY } from "@course/runtime/terminal";
import { build } from "esbuild";

/** Libraries that are written for `require` look for it. */
const BANNER = `import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);`;

/** Writes the program to `file`, an .mjs. `main` is from the repository's root. */
export async function bundle(main: string, file: string): Promise<void> {
  await build({
    entryPoints: [join(REPOSITORY, main)],
    outfile: file,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "error",
    banner: { js: BANNER },
    plugins: [
      {
        name: "places stay as they are",
        setup(plugins) {
          // Sources find the repository by where they lie.
          plugins.onLoad({ filter: /\.ts$/ }, ({ path }) => {
            if (path.includes("/node_modules/.pnpm/")) return undefined;
            const contents = readFileSync(path, "utf8")
              .replaceAll("import.meta.dirname", JSON.stringify(dirname(path)))
              .replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href));
            return { loader: "ts", contents };
          });
        },
      },
    ],
  });
}
