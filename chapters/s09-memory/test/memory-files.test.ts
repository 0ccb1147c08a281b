// What of a memory comes back from its file, and what the index makes of it.
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { say, script } from "@course/offline-model/test";
import { Workspace } from "@course/runtime";
import { openSession, temporaryFolder } from "@course/runtime/testing";
import { MemoryStore } from "@course/s09-memory";
import { expect, test } from "vitest";
import { createAgent } from "../src/agent.ts";

/** Two stores on one folder, as of two programs. */
function stores(): { root: string; one: MemoryStore; other: MemoryStore } {
  const root = temporaryFolder();
  return { root, one: new MemoryStore(new Workspace(root)), other: new MemoryStore(new Workspace(root)) };
}

test.each(["user", "feedback", "project", "reference"] as const)(
  "a memory of the type %s is read as it was saved",
  (type) => {
    const { one, other } = stores();
    const memory = {
      name: "Prefers: pnpm",
      description: 'Says "never npm".',
      type,
      content: "Line 1.\n\nLine 3.",
    };
    const saved = one.save(memory, new Date("2026-01-02T03:04:05.678Z"));
    expect(saved).toEqual({ ...memory, slug: "prefers-pnpm", modified: "2026-01-02T03:04:05.678Z" });
    expect(other.list()).toEqual({ memories: [saved], broken: [] });
  },
);

test("names and descriptions of several lines are one line of the index, without what is around them", () => {
  const { root, one } = stores();
  one.save({
    name: "  Two\n lines ",
    description: "\tFirst.\r\n\u0007Second. \n",
    type: "user",
    content: "x",
  });
  expect(one.index().text).toBe("- [Two lines](two-lines.md) (user): First. Second.\n");
  expect(readFileSync(join(root, ".memory/MEMORY.md"), "utf8")).toBe(one.index().text);
});

test.each<[string, (file: string, root: string) => void, string]>([
  ["a link", (file, root) => symlinkSync(join(root, "elsewhere.md"), file), "is a link"],
  ["no UTF-8", (file) => writeFileSync(file, Buffer.from([0x2d, 0xff, 0xfe])), "is not UTF-8 text"],
  ["a folder", (file) => mkdirSync(file), "is a folder"],
])("a file that is %s is no memory, and the store says why", (_, make, problem) => {
  const { root, one } = stores();
  const good = "---\nname: odd\ndescription: x\ntype: user\n---\nx\n";
  mkdirSync(join(root, ".memory"));
  writeFileSync(join(root, "elsewhere.md"), good);
  make(join(root, ".memory/odd.md"), root);
  const { memories, broken } = one.list();
  expect(memories).toEqual([]);
  expect(broken).toEqual([{ slug: "odd", problem: expect.stringContaining(problem) }]);
});

test("without memories the system prompt says nothing of them", async () => {
  const model = script(say("done"));
  const open = await openSession(createAgent, model);
  await open.run("go");
  await open.close();
  expect(JSON.stringify(model.requests[0]?.system)).not.toMatch(/earlier sessions/i);
});
