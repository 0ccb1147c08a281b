// Loaded before every script of this repository: says what is missing, then lets Node read TypeScript.
import { existsSync, readdirSync } from "node:fs";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`This course needs Node 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(1);
}
// Only pnpm links the packages of this workspace; npm leaves tsx there and those out.
const linked = existsSync(new URL("../packages/runtime/node_modules/@course/offline-model", import.meta.url));
try {
  if (!linked) throw Object.assign(new Error("not linked"), { code: "ERR_MODULE_NOT_FOUND" });
  await import("tsx");
} catch (error) {
  if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
  console.error("The dependencies are not installed. Run: npx pnpm@10.34.9 install");
  process.exit(1);
}

const [, chapter, short] = /\/chapters\/(([^/-]+)[^/]*)\//.exec(process.argv[1] ?? "") ?? [];
if (chapter !== undefined && process.argv.includes("--mine")) {
  const { useMine } = await import("./practice/mine.ts");
  useMine(chapter, readdirSync(new URL("../chapters", import.meta.url)));
}
// For the map of npm start. Who runs a chapter in a script, as tests do, is not reading the course.
if (short !== undefined && process.env.npm_lifecycle_event === short && process.stdout.isTTY) {
  const { noteRun } = await import("./lib/progress.ts");
  noteRun(short);
}
