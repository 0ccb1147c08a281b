// Whether somebody who rests is about to take a task: who waits until nobody works must not leave before that.
import { expect, test } from "vitest";
import { member, openAutonomy } from "./open-autonomy.ts";

test("one that rests is woken for what it could take, and busy until it has looked", async () => {
  const { autonomy, resting, board } = await openAutonomy();
  const [ada, bob] = [member("ada"), member("bob")];
  resting.push(ada, bob);
  expect(autonomy.isBusy).toBe(false);
  await autonomy.look();
  expect([ada.wakes, autonomy.isBusy]).toEqual([[], false]);
  await board.create("for bob");
  await board.update(1, { owner: "bob" });
  await autonomy.look();
  expect([ada.wakes, bob.wakes, autonomy.isBusy]).toEqual([[], ["a task is free"], true]);
  await autonomy.findWork(bob);
  expect(autonomy.isBusy).toBe(false);
});

test("one that rests and looks for work is busy until it has found none, or works on what it found", async () => {
  const { autonomy, resting, board, desk } = await openAutonomy();
  const ada = member("ada");
  resting.push(ada);
  const looking = autonomy.lookForWork(ada);
  expect(autonomy.isBusy).toBe(true);
  expect([await looking, autonomy.isBusy]).toEqual([false, false]);
  await board.create("one");
  expect([await autonomy.lookForWork(ada), autonomy.isBusy], "it is about to begin").toEqual([true, true]);
  resting.pop();
  expect(autonomy.isBusy).toBe(false);
  resting.push(ada);
  Object.assign(desk, { claim: () => Promise.resolve({ task: undefined }) });
  await expect(autonomy.lookForWork(ada)).rejects.toThrow();
  expect(autonomy.isBusy).toBe(false);
});

test("while the board is read for those who rest, somebody is busy", async () => {
  const { autonomy, resting } = await openAutonomy(["one"]);
  const ada = member("ada");
  resting.push(ada);
  autonomy.noteChange();
  const look = autonomy.look();
  expect(autonomy.isBusy).toBe(true);
  await look;
  expect([ada.wakes, autonomy.isBusy]).toEqual([["a task is free"], true]);
});

test("a change of the board counts as work to come while somebody rests who takes work, until there was a look", async () => {
  const { autonomy, resting } = await openAutonomy();
  autonomy.noteChange();
  expect(autonomy.isBusy, "nobody rests").toBe(false);
  resting.push(member("failed", { takesWork: false }));
  expect(autonomy.isBusy, "one that takes no work").toBe(false);
  resting.push(member("ada"));
  expect(autonomy.isBusy).toBe(true);
  await autonomy.look();
  expect(autonomy.isBusy).toBe(false);
});
