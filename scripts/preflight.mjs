// Loaded before every script of this repository: says what is missing, then lets Node read TypeScript.
import { existsSync, readdirSync } from "node:fs";
import module, { createRequire } from "node:module";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`This course needs Node 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(1);
}
const main = process.argv[1] ?? "";
/** Not so with -e, as in a test, and for the site, whose parts Vite imports. */
const isRequired = main.endsWith(".ts") && !main.endsWith("/.vitepress/site.ts");
const [, chapter, short] = /\/chapters\/(([^/-]+)[^/]*)\/src\/main\.ts$/.exec(main) ?? [];
const here = createRequire(import.meta.url);
/** Since 22.18, Node reads TypeScript by itself. Before, tsx reads it. */
const isReader = process.features.typescript !== undefined && process.features.typescript !== false;

// Only pnpm links the packages of this workspace; npm leaves tsx there and those out.
const linked = existsSync(new URL("../packages/runtime/node_modules/@course/offline-model", import.meta.url));
try {
  if (!linked) throw Object.assign(new Error("not linked"), { code: "ERR_MODULE_NOT_FOUND" });
  if (isReader) module.enableCompileCache();
  else await import(isRequired ? "tsx/cjs" : "tsx");
} catch (error) {
  if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
  console.error("The dependencies are not installed. Run: npx pnpm@10.34.9 install");
  process.exit(1);
}

// COURSE_MINE_OF: the same for a program that is no chapter itself (npm run replay).
const mineOf = process.env.COURSE_MINE_OF ?? (process.argv.includes("--mine") ? chapter : undefined);
delete process.env.COURSE_MINE_OF; // Not for what this program starts.
if (mineOf !== undefined) {
  const { useMine } = here("./practice/mine.ts");
  useMine(mineOf, readdirSync(new URL("../chapters", import.meta.url)));
}
// For the map of npm start. Who runs a chapter in a script, as tests do, is not reading the course.
if (short !== undefined && process.env.npm_lifecycle_event === short && process.stdout.isTTY) {
  const { noteRun } = here("./lib/progress.ts");
  noteRun(short);
}
if (isRequired && !isReader) {
  // Node would import the program, for which tsx reads each file in a second thread. Required, its files (over 300 for
  // `full`) are there in half the time. This module never ends, so Node never comes to import the program, nor what
  // another --import after this one names; the process ends all the same when there is nothing left to do.
  process.exitCode = 0;
  here(main);
  await new Promise(() => {});
}
