import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Workspace } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { next, RequestBook, TRANSITIONS, type Actor, type RequestAction } from "@course/s16-team-protocols";
import fc from "fast-check";
import { expect, test } from "vitest";

const plan = { kind: "plan", from: "ada", to: "lead", payload: "change a.txt" } as const;

function newBook() {
  const root = temporaryFolder();
  const problems: string[] = [];
  return { root, problems, book: new RequestBook(new Workspace(root), (problem) => problems.push(problem)) };
}

const filesOf = (root: string) => {
  const folder = join(root, ".team/requests");
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .map((name) => readFileSync(join(folder, name), "utf8"));
};

const actions = fc.constantFrom<RequestAction>("approve", "reject", "expire");
const actors = fc.constantFrom<Actor>({ member: "lead" }, { member: "ada" }, { member: "eve" }, "harness");

test("of all actions by anybody on any request, those in the table happen and all others change nothing", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(actions, actors, fc.integer({ min: 1, max: 3 })), { maxLength: 8 }),
      async (steps) => {
        const { root, book } = newBook();
        await book.create(plan);
        await book.create({ kind: "shutdown", from: "lead", to: "ada", payload: "stop" });
        // What should be so, by the table alone.
        const statuses = new Map([
          ["req_1", { status: "pending", to: "lead" }],
          ["req_2", { status: "pending", to: "ada" }],
        ]);
        for (const [action, actor, number] of steps) {
          const id = `req_${number}`;
          const request = statuses.get(id);
          const row = TRANSITIONS.find(
            ({ from, action: named, by }) =>
              from === request?.status &&
              named === action &&
              (by === "harness" ? actor === "harness" : actor !== "harness" && actor.member === request.to),
          );
          const before = filesOf(root);
          const settled = await book.settle(id, action, actor).catch((error: Error) => error);
          if (request && row) {
            request.status = row.to;
            expect(settled).toMatchObject({ id, status: row.to });
          } else {
            expect(settled).toBeInstanceOf(Error);
            expect(filesOf(root)).toEqual(before);
          }
        }
        expect(book.list().map(({ id, status }) => [id, status])).toEqual(
          [...statuses].map(([id, { status }]) => [id, status]),
        );
      },
    ),
    { numRuns: 60 },
  );
});

test("each refusal says why", () => {
  const request = { id: "req_1", to: "lead", status: "pending" } as const;
  expect(() => next(request, "approve", { member: "eve" })).toThrow(
    "req_1 was put to lead, so eve cannot answer it.",
  );
  expect(() => next({ ...request, status: "rejected" }, "approve", { member: "lead" })).toThrow(
    "req_1 stays as it is: it is rejected already.",
  );
  expect(() => next(request, "expire", { member: "lead" })).toThrow(/req_1/);
});

test("an unknown id is refused, and the error says what is pending", async () => {
  const { book } = newBook();
  await book.create(plan);
  for (const id of ["req_2", "../req_1", ""])
    await expect(book.settle(id, "approve", { member: "lead" })).rejects.toThrow(
      `There is no request ${id}. Pending are: req_1.`,
    );
});

test("the same is asked once at a time, and anew after the answer", async () => {
  const { book } = newBook();
  await book.create(plan);
  await expect(book.create(plan)).rejects.toThrow("req_1 asks for that already");
  await book.settle("req_1", "reject", { member: "lead" }, "too much");
  expect(await book.create({ ...plan, payload: "less" })).toMatchObject({ id: "req_2", status: "pending" });
});

test("two programs that answer at once: one answer holds", async () => {
  const { root, book } = newBook();
  await book.create(plan);
  const other = new RequestBook(new Workspace(root));
  const answers = await Promise.allSettled([
    book.settle("req_1", "approve", { member: "lead" }),
    other.settle("req_1", "reject", { member: "lead" }),
  ]);
  expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("a torn file is reported, keeps its number, and harms no other", async () => {
  const { root, book, problems } = newBook();
  mkdirSync(join(root, ".team/requests"), { recursive: true });
  writeFileSync(join(root, ".team/requests/req_7.json"), '{"id":"req_7"');
  expect(await book.create(plan)).toMatchObject({ id: "req_8" });
  expect(book.list().map(({ id }) => id)).toEqual(["req_8"]);
  expect(problems[0]).toMatch(/requests\/req_7\.json is no request/);
});
