import { mkdirSync, watch, writeFileSync, type FSWatcher } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { watchFolder } from "../src/workspace/watch-folder.ts";
import { temporaryFolder } from "../src/testing.ts";

test("files of ours that change in a folder are heard of, others not, and nothing after the end", async () => {
  const root = temporaryFolder();
  const onChange = vi.fn();
  const end = watchFolder(() => root, { isOurs: (name) => name.endsWith(".json"), onChange });
  writeFileSync(join(root, "other.txt"), "");
  await delay(100);
  expect(onChange).not.toHaveBeenCalled();
  writeFileSync(join(root, "ours.json"), "");
  await vi.waitFor(() => expect(onChange).toHaveBeenCalled(), 10_000);
  end();
  await delay(50);
  onChange.mockClear();
  writeFileSync(join(root, "ours.json"), "more");
  await delay(100);
  expect(onChange).not.toHaveBeenCalled();
});

test("where a folder cannot be watched there is still the look, until the end", async () => {
  const onLook = vi.fn();
  const missing = join(temporaryFolder(), "missing");
  const end = watchFolder(() => missing, {
    isOurs: () => true,
    onChange: onLook,
    look: { everyMs: 10, onLook },
  });
  await vi.waitFor(() => expect(onLook.mock.calls.length).toBeGreaterThan(1), 10_000);
  end();
  onLook.mockClear();
  mkdirSync(missing);
  await delay(60);
  expect(onLook).not.toHaveBeenCalled();
});

test("a watch that fails later is given up, and the look goes on", async () => {
  const folder = temporaryFolder();
  const other = watch(folder, { persistent: false });
  const on = vi.spyOn(Object.getPrototypeOf(other) as FSWatcher, "on");
  other.close();
  const onLook = vi.fn();
  const end = watchFolder(() => folder, { isOurs: () => true, onChange() {}, look: { everyMs: 10, onLook } });
  const watcher = on.mock.contexts.at(-1) as FSWatcher;
  on.mockRestore();
  const closed = vi.fn();
  watcher.once("close", closed);
  expect(() => watcher.emit("error", new Error("gone"))).not.toThrow();
  await vi.waitFor(() => expect(closed).toHaveBeenCalled(), 10_000);
  await vi.waitFor(() => expect(onLook).toHaveBeenCalled(), 10_000);
  end();
});
