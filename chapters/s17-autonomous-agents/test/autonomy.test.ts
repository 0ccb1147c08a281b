// Looking for work, without a model: what a teammate is sent to, when it is woken, and what is told of it.
import { expect, test } from "vitest";
import { member, openAutonomy } from "./open-autonomy.ts";

const sentTo = ({ told }: { told: readonly string[] }) =>
  told.map((text) => /^<claimed-task id="(\d)">/.exec(text)?.[1]).join("");

test("where there is no work nothing is put into the conversation", async () => {
  const { autonomy, heard } = await openAutonomy();
  const ada = member("ada");
  expect(await autonomy.findWork(ada)).toBe(false);
  expect([ada.told, heard]).toEqual([[], []]);
});

test("one goes on with its task, unless it waits for an answer about it; waiting does not count as a time", async () => {
  const { autonomy, states } = await openAutonomy(["one"]);
  const ada = member("ada");
  expect(await autonomy.findWork(ada)).toBe(true);
  expect(await states()).toEqual(["in_progress ada"]);
  ada.mayWait = true;
  for (let look = 0; look < 4; look++) expect(await autonomy.findWork(ada)).toBe(false);
  ada.mayWait = false;
  for (let time = 2; time <= 3; time++) expect(await autonomy.findWork(ada)).toBe(true);
  const lines = ada.told.map((text) => text.split("\n")[3]?.split(".")[0]);
  const again = "It is still yours, and in progress: go on with it";
  expect(lines).toEqual(["It is yours now, and in progress", again, again]);
});

test("one that has asked somebody about another task takes what is there", async () => {
  const { autonomy, board } = await openAutonomy(["one", "two"]);
  const ada = member("ada", { mayWait: true });
  await board.update(2, { status: "in_progress", owner: "ada" });
  expect(await autonomy.findWork(ada), "which it was not sent to").toBe(true);
  expect(ada.told[0]).toContain("You had begun it before: look first what is there.");
  await board.update(2, { status: "completed" });
  expect(await autonomy.findWork(ada)).toBe(true);
  expect(sentTo(ada)).toBe("21");
});

test("what one leaves unfinished three times is given back, told the lead, and another is looked for", async () => {
  const { autonomy, team, heard, states } = await openAutonomy(["one", "two"]);
  team.addOns.push(
    {},
    {
      async taskLeft(name) {
        heard.push(`${name} leaves, and the board says ${(await states()).join()}`);
      },
    },
  );
  const ada = member("ada");
  for (let time = 1; time <= 6; time++) expect(await autonomy.findWork(ada)).toBe(true);
  expect(sentTo(ada)).toBe("111222");
  expect(await autonomy.findWork(ada)).toBe(false);
  const left = (id: number, subject: string) =>
    `ada to lead: I left task ${id} (${subject}) unfinished 3 times; it is back on the board, for somebody else.`;
  expect(heard).toEqual([
    "ada leaves, and the board says pending,pending",
    left(1, "one"),
    "ada leaves, and the board says pending,pending",
    left(2, "two"),
  ]);
  expect(await autonomy.findWork(ada), "neither of the two again").toBe(false);
  const bob = member("bob");
  await autonomy.findWork(bob);
  expect(sentTo(bob)).toBe("1");
});

test("what one puts back is not handed to it again, and the lead hears nothing", async () => {
  const { autonomy, board, heard } = await openAutonomy(["one", "two"]);
  const ada = member("ada");
  await autonomy.findWork(ada);
  await board.update(1, { status: "pending", owner: "" });
  expect(await autonomy.findWork(ada)).toBe(true);
  expect([sentTo(ada), heard]).toEqual(["12", []]);
});

test("one that claims by itself what it gave up is sent to it anew, and so is a new one of its name", async () => {
  const { autonomy, desk } = await openAutonomy(["one"]);
  const ada = member("ada");
  for (let time = 1; time <= 4; time++) await autonomy.findWork(ada);
  expect(sentTo(ada)).toBe("111");
  await desk.claim("ada", 1);
  expect(await autonomy.findWork(ada)).toBe(true);
  await autonomy.release("ada");
  const next = member("ada");
  for (let time = 1; time <= 3; time++) expect(await autonomy.findWork(next)).toBe(true);
});

test("one of the name of another that was stopped begins to count anew", async () => {
  const { autonomy } = await openAutonomy(["one"]);
  const ada = member("ada");
  for (let time = 1; time <= 2; time++) await autonomy.findWork(ada);
  await autonomy.release("ada");
  const next = member("ada", { mayWait: true });
  for (let time = 1; time <= 3; time++) {
    expect(await autonomy.findWork(next)).toBe(true);
    next.mayWait = false;
  }
  expect(next.told[0]).toContain("You had begun it before");
});

test("what is said of the place to work in is told, one line for each who says something", async () => {
  const { autonomy, team } = await openAutonomy(["one"]);
  const place = (text: string | undefined) => ({ taskBegun: () => Promise.resolve(text) });
  team.addOns.push({}, place("in the cellar"), place(undefined), place("by candle light"));
  const ada = member("ada");
  await autonomy.findWork(ada);
  expect(ada.told[0]?.split("\n").slice(4)).toEqual(["in the cellar", "by candle light", "</claimed-task>"]);
});

test("what one has given up wakes nobody; what is there besides does", async () => {
  const { autonomy, resting, board } = await openAutonomy(["hard"]);
  const ada = member("ada");
  resting.push(ada);
  for (let time = 1; time <= 4; time++) await autonomy.findWork(ada);
  await autonomy.look();
  expect(ada.wakes).toEqual([]);
  await board.create("easy");
  await autonomy.look();
  expect(ada.wakes).toEqual(["a task is free"]);
});

test("one that failed loses its task to another that rests, and is not woken itself", async () => {
  const { autonomy, resting, heard, states } = await openAutonomy(["one", "two"]);
  const [failed, ada] = [member("failed"), member("ada")];
  await autonomy.findWork(failed);
  failed.takesWork = false;
  resting.push(failed);
  await autonomy.look();
  expect([heard, await states()]).toEqual([
    ["#1 one: failed has failed, so it is free again."],
    ["pending", "pending"],
  ]);
  resting.push(ada);
  await autonomy.look();
  expect([failed.wakes, ada.wakes, heard.length]).toEqual([[], ["a task is free"], 1]);
  expect(autonomy.isBusy).toBe(true);
});

test("the task of one that is stopped is free again, told, and wakes who rests; until then somebody is busy", async () => {
  const { autonomy, resting, heard, states } = await openAutonomy(["one"]);
  await autonomy.findWork(member("bob"));
  const ada = member("ada");
  resting.push(ada);
  const releasing = autonomy.release("bob");
  expect(autonomy.isBusy).toBe(true);
  await releasing;
  expect([heard, await states(), ada.wakes]).toEqual([
    ["#1 one: bob is stopped, so it is free again."],
    ["pending"],
    ["a task is free"],
  ]);
  await autonomy.findWork(ada);
  expect(autonomy.isBusy).toBe(false);
});

test("one that is stopped without a task is told of to nobody, and a release that fails leaves nobody busy", async () => {
  const { autonomy, resting, heard, desk, board } = await openAutonomy();
  await autonomy.release("bob");
  expect([heard, autonomy.isBusy]).toEqual([[], false]);
  const ada = member("ada");
  resting.push(ada);
  await board.create("free already");
  await autonomy.release("bob");
  expect(ada.wakes, "by an end that freed nothing").toEqual([]);
  desk.release = () => Promise.reject(new Error("no space left"));
  await expect(autonomy.release("bob")).rejects.toThrow("no space left");
  expect(autonomy.isBusy).toBe(false);
});

test("a board that cannot be read is told, and is no reason to wake or to send anybody", async () => {
  const { autonomy, desk, resting, heard } = await openAutonomy(["one"]);
  const ada = member("ada");
  const fail = () => Promise.reject(new Error("it burns"));
  Object.assign(desk, { free: fail, claim: fail });
  await autonomy.look();
  expect(heard, "while nobody rests, for whom it would be read").toEqual([]);
  resting.push(ada);
  await autonomy.look();
  expect(await autonomy.findWork(ada)).toBe(false);
  expect([ada.wakes, ada.told]).toEqual([[], []]);
  expect(heard).toEqual(["The board could not be read: it burns", "ada finds no work: it burns"]);
});

test("a board that cannot be changed is told where one that failed should lose its task, once until it can be", async () => {
  const { autonomy, board, desk, resting, heard } = await openAutonomy(["one"]);
  const [failed, ada] = [member("failed", { takesWork: false }), member("ada")];
  resting.push(failed, ada);
  const release = desk.release.bind(desk);
  desk.release = () => Promise.reject(new Error("EEXIST: file already exists"));
  for (let look = 0; look < 3; look++) await autonomy.look();
  const problem = "The board could not be read: EEXIST: file already exists";
  expect([heard, ada.wakes]).toEqual([[problem], []]);
  desk.release = release;
  await board.update(1, { status: "completed" });
  await autonomy.look();
  desk.release = () => Promise.reject(new Error("EEXIST: file already exists"));
  await autonomy.look();
  expect(heard).toEqual([problem, problem]);
});
