import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Workspace } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { MemoryStore } from "@course/s09-memory";
import { expect, test } from "vitest";

const TSX = new URL("../../../node_modules/tsx/dist/loader.mjs", import.meta.url).href;

/** Saves in a program of its own; kills it, without warning, once it has saved `killAfter`. */
async function saver(root: string, prefix: string, count: number, killAfter = Infinity): Promise<number> {
  const worker = join(import.meta.dirname, "worker.ts");
  const child = spawn(process.execPath, ["--import", TSX, worker, root, prefix, String(count)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  let saved = 0;
  for await (const line of createInterface(child.stdout)) {
    if (line !== "ready") saved += 1;
    if (saved === killAfter) child.kill("SIGKILL");
  }
  await exited;
  return saved;
}

const indexed = (root: string) =>
  readFileSync(join(root, ".memory/MEMORY.md"), "utf8").split("\n").filter(Boolean);

test("programs that save at once lose nothing, and the index has all of it when the last is done", async () => {
  const root = temporaryFolder();
  await Promise.all(["a", "b", "c"].map((prefix) => saver(root, prefix, 30)));
  expect(new MemoryStore(new Workspace(root)).list().memories).toHaveLength(90);
  expect(indexed(root)).toHaveLength(90);
});

test("a program that is killed while it saves leaves whole files, and the next start makes the index right", async () => {
  const root = temporaryFolder();
  const [kept, done] = await Promise.all([saver(root, "killed", 150, 10), saver(root, "other", 30)]);
  // What a program leaves that is killed between two steps: half a file, and an index of before.
  writeFileSync(join(root, ".memory/.half.md.999999999.abcdef01.tmp"), "---\nname: ha");
  writeFileSync(join(root, ".memory/MEMORY.md"), "");
  const store = new MemoryStore(new Workspace(root));
  store.repair();
  const { memories, broken } = store.list();
  expect(broken).toEqual([]);
  expect(memories.length).toBeGreaterThanOrEqual(kept + done);
  expect(indexed(root)).toHaveLength(memories.length);
  expect(readdirSync(join(root, ".memory")).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

test("a save that lands between another's look and its index is in the index", () => {
  const root = temporaryFolder();
  const [one, other] = [new MemoryStore(new Workspace(root)), new MemoryStore(new Workspace(root))];
  const entry = (name: string) => ({ name, description: "x", type: "project" as const, content: "x" });
  one.save(entry("first"));
  // The other program saves just after this one has looked.
  const look = one.index.bind(one);
  let looks = 0;
  one.index = () => {
    const seen = look();
    looks += 1;
    if (looks === 2) other.save(entry("from-the-other"));
    return seen;
  };
  one.save(entry("second"));
  expect(
    indexed(root).map((line) => /\[(.*?)\]/.exec(line)?.[1]),
    "MEMORY.md must name what the other program saved",
  ).toEqual(["first", "from-the-other", "second"]);
});

test("two hundred memories are read, and again only where they changed", () => {
  const root = temporaryFolder();
  mkdirSync(join(root, ".memory"));
  const path = (number: number) => join(root, `.memory/m${number}.md`);
  const write = (number: number, description: string) => {
    writeFileSync(
      path(number),
      `---\nname: m${number}\ndescription: ${description}\ntype: project\n---\nx\n`,
    );
    utimesSync(path(number), 1_000, 1_000);
  };
  for (let number = 0; number < 200; number++) write(number, "Old.");
  const store = new MemoryStore(new Workspace(root));
  expect(store.index().loaded).toHaveLength(200);
  // A change that its time and size do not show is one that nobody reads.
  write(7, "New.");
  write(8, "Newer.");
  const now = new Map(store.index().loaded.map(({ name, description }) => [name, description]));
  expect([now.get("m7"), now.get("m8")]).toEqual(["Old.", "Newer."]);
});
