// Hooks at the model's last word: they send it back to work, eight times in a row at most.
import { call, say } from "@course/offline-model/test";
import { expect, test } from "vitest";
import { open, record } from "./open.ts";

const bash = (command: string) => call("bash", { command });

test("a Stop hook sends the model back to work until it is content, and is told that it did", async () => {
  const hook = await open({
    events: {
      Stop: [{ command: `${record}; [ -e made ] || { echo make it >&2; exit 2; }` }],
    },
    turns: [say("done"), bash("touch made"), say("now it is")],
  });
  expect(await hook.run("go")).toMatchObject({ answer: "now it is" });
  expect(hook.inputs()).toMatchObject([
    { stop_hook_active: false, last_assistant_message: "done" },
    { stop_hook_active: true, last_assistant_message: "now it is" },
  ]);
  expect(hook.injected()).toEqual(["<hook-feedback>\nStop hook: make it\n</hook-feedback>"]);
  await hook.close();
});

test("a Stop hook that is never content is heard eight times", async () => {
  const hook = await open({
    events: { Stop: [{ command: `echo '{"decision":"block","reason":"more"}'` }] },
    turns: Array.from({ length: 9 }, (_, index) => say(`done ${index}`)),
  });
  expect(await hook.run("go")).toMatchObject({ ending: "completed", answer: "done 8" });
  expect(hook.injected()).toHaveLength(8);
  expect(hook.notices()).toEqual(["Stop hooks blocked 8 times in a row; the run ends all the same."]);
  await hook.close();
});

test("a Stop hook that is content the ninth time ends the run without a word", async () => {
  const hook = await open({
    events: {
      Stop: [{ command: `echo x >> count; [ $(wc -l < count) -gt 8 ] || { echo more >&2; exit 2; }` }],
    },
    turns: Array.from({ length: 9 }, (_, index) => say(`done ${index}`)),
  });
  expect(await hook.run("go")).toMatchObject({ answer: "done 8" });
  expect(hook.injected()).toHaveLength(8);
  expect(hook.notices()).toEqual([]);
  await hook.close();
});

test("continue false beats a Stop hook that blocks", async () => {
  const hook = await open({
    events: {
      Stop: [{ command: "exit 2" }, { command: `echo '{"continue":false,"stopReason":"late"}'` }],
    },
  });
  expect(await hook.run("go")).toMatchObject({ answer: "done" });
  expect(hook.notices()).toEqual(["A hook ended the run: late"]);
  await hook.close();
});
