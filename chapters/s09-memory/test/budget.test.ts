import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, say, script } from "@course/offline-model/test";
import { openSession, temporaryFolder } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { createAgent } from "../src/agent.ts";

function folderWith(count: number, description: string): string {
  const root = temporaryFolder();
  mkdirSync(join(root, ".memory"));
  for (let number = 0; number < count; number++) {
    const name = `m${String(number).padStart(3, "0")}`;
    writeFileSync(
      join(root, `.memory/${name}.md`),
      `---\nname: ${name}\ndescription: ${description}\ntype: project\n---\nx\n`,
    );
  }
  return root;
}

const save = (name: string) =>
  call("save_memory", { name, description: "New.", type: "project", content: "New." });

test.each([
  ["200 lines", folderWith(200, "x")],
  ["25 KB", folderWith(100, "x".repeat(228))],
])("a save past %s is refused and says to shorten; replacing and forgetting still work", async (_, root) => {
  const forget = call("save_memory", { name: "m001", description: "", type: "project", content: "" });
  const model = script(save("one-more"), save("m000"), forget, save("one-more"), say("ok"));
  const open = await openSession(createAgent, model, root);
  await open.run("go");
  const [refused, replaced, forgotten, saved] = open.results();
  expect(refused).toMatch(/^The index is full .*Shorten/);
  expect(replaced).toMatch(/^Saved /);
  expect(forgotten).toBe("Forgot m001.");
  expect(saved).toMatch(/^Saved /);
  await open.close();
});

test.each([
  ["lines", folderWith(203, "x"), 200],
  ["bytes", folderWith(150, "x".repeat(228)), 99],
])("of too many %s, the first are loaded, and the others are named", async (_, root, loaded) => {
  const model = script(say("ok"));
  const open = await openSession(createAgent, model, root);
  const last = root.length > 0 ? (loaded === 200 ? "m202" : "m149") : "";
  expect(open.events).toMatchObject([
    { type: "notice", message: expect.stringMatching(new RegExp(`not loaded: .*${last}`)) },
  ]);
  await open.run("go");
  const system = JSON.stringify(model.requests[0]?.system);
  expect(system.match(/\(project\)/g)).toHaveLength(loaded);
  expect(system).toContain(`${Number(last.slice(1)) + 1 - loaded} more are not listed`);
  const index = readFileSync(join(root, ".memory/MEMORY.md"), "utf8");
  expect(Buffer.byteLength(index)).toBeLessThanOrEqual(25 * 1024);
  await open.close();
});
