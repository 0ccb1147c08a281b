// How the page is built and kept, in a small package of its own that is laid out as this one.
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "@course/runtime/testing";
import { afterEach, expect, test, vi } from "vitest";
import { buildPage } from "../src/index.ts";

afterEach(() => vi.unstubAllEnvs());

/** A page that says whether it saw the key when it was built. */
const FILES = {
  "inspector/package.json": "{}",
  "inspector/page/index.html": `<link rel="icon" href="./icon.svg" /><script type="module" src="./main.js"></script>`,
  "inspector/page/icon.svg": `<svg xmlns="http://www.w3.org/2000/svg" />`,
  "inspector/page/main.js": `import "./page.css"; import "../../player/src/a.js"; console.log(KEY);`,
  "inspector/page/page.css": "body { color: red }",
  "inspector/page/vite.config.mjs": `export default {
    root: import.meta.dirname, base: "./", logLevel: "warn", build: { assetsInlineLimit: 0 },
    define: { KEY: JSON.stringify(process.env.ANTHROPIC_API_KEY ?? "no key") },
  };`,
  "player/src/a.js": `console.log("first")`,
  "player/component/b.js": "",
};

function newPackage(): { root: string; write(file: string, text: string): void; cached(): string[] } {
  const folder = temporaryFolder();
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
  for (const name of ["inspector/page", "player/src", "player/component"])
    mkdirSync(join(folder, name), { recursive: true });
  for (const [file, text] of Object.entries(FILES)) write(file, text);
  const root = join(folder, "inspector");
  return { root, write, cached: () => readdirSync(join(root, "node_modules/.cache/inspector")) };
}

test("the page is built once, in a process that does not see the key, and each file has its type", async () => {
  vi.stubEnv("ANTHROPIC_API_KEY", "sk-ant-secret");
  const { root, cached } = newPackage();
  const said: string[] = [];
  const page = await buildPage((line) => said.push(line), root);
  expect(said).toEqual(["Building the inspector's page. This is done once."]);
  const types = [...page].map(([name, { type }]) => [name.replace(/-[\w-]+(?=\.)/, ""), type] as const);
  expect(Object.fromEntries(types)).toEqual({
    "": "text/html; charset=utf-8",
    "assets/icon.svg": "image/svg+xml",
    "assets/index.css": "text/css; charset=utf-8",
    "assets/index.js": "text/javascript; charset=utf-8",
  });
  expect(String(page.get("")?.body)).toMatch(/src="\.\/assets\/index-/);
  const script = [...page.keys()].find((name) => name.endsWith(".js")) ?? "";
  expect(String(page.get(script)?.body)).toMatch(/first.*no key/s);
  const kept = cached();
  expect(kept).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/)]);

  expect(await buildPage((line) => said.push(line), root)).toEqual(page);
  expect(said).toHaveLength(1);
});

test("after a change of what it is made of another is built, and the old one is removed", async () => {
  const { root, write, cached } = newPackage();
  const kept = new Set<string>();
  let builds = 0;
  const build = async () => {
    await buildPage(() => builds++, root);
    const names = cached();
    expect(names.filter((name) => !name.includes("."))).toHaveLength(1);
    for (const name of names) kept.add(name);
  };
  await build();
  // Another program is building there.
  mkdirSync(join(root, "node_modules/.cache/inspector/0123456789abcdef.1"));
  for (const file of ["player/src/a.js", "player/component/b.js", "inspector/page/page.css"]) {
    write(file, "/* another */");
    await build();
  }
  write("inspector/package.json", `{ "version": "2" }`);
  await build();
  expect(builds).toBe(5);
  expect(kept.size).toBe(5 + 1);
});

test("a page that cannot be built is an error with the next step and what vite said, and leaves nothing", async () => {
  const { root, write, cached } = newPackage();
  write("inspector/page/main.js", `import "./missing.js"`);
  const refused = expect(buildPage(undefined, root)).rejects;
  await refused.toThrow(
    /^The inspector's page could not be built\. Run: npx pnpm@\S+ install\n[^]*missing\.js/,
  );
  expect(cached()).toEqual([]);
  write("inspector/page/main.js", "");
  expect((await buildPage(undefined, root)).has("")).toBe(true);
});
