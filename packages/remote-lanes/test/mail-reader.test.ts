// Letters are read in their order, each once, and from the beginning.
import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFinished } from "vitest";
import { MailReader, type Delivered } from "../src/mail-reader.ts";
import { newRedis, onRedis } from "./setup.ts";

const letter = (run: string) => JSON.stringify({ kind: "output", job: "j", run });

/** A reader that runs, and takes its time with each letter. */
async function newReader(slowMs = 0) {
  const redis = await newRedis();
  const [blocked, ask] = [redis.client(), redis.client()];
  const seen: string[] = [];
  const reader = new MailReader(blocked, async ({ letter: read, id, stream, data }: Delivered) => {
    await delay(slowMs);
    seen.push(`${stream} ${id} ${read.run} ${String(data)}`);
  });
  onTestFinished(() => {
    reader.close();
    for (const client of [blocked, ask]) client.disconnect();
  });
  const add = (stream: string, id: string, head = letter(id)) =>
    ask.xadd(stream, id, "letter", head, "data", `data of ${id}`);
  return { redis, reader, ask, seen, add };
}

onRedis(
  "all that lies there is delivered, from each stream, without what is no letter, and nothing twice",
  async () => {
    const { reader, ask, seen, add } = await newReader(20);
    for (const id of ["9-1", "9-2", "10-0"]) await add("a", id);
    await add("a", "10-1", "no letter");
    await add("b", "1-0");
    for (const stream of ["a", "b", "empty", "a"]) reader.follow(stream);
    void reader.run();
    await reader.readThrough(ask);
    const first = ["9-1", "9-2", "10-0"].map((id) => `a ${id} ${id} data of ${id}`);
    const all = [...first, "b 1-0 1-0 data of 1-0"];
    expect(seen.toSorted((one, other) => all.indexOf(one) - all.indexOf(other))).toEqual(all);
    expect(seen.filter((line) => line.startsWith("a"))).toEqual(first);
    await add("a", "10-2");
    reader.follow("b");
    await reader.readThrough(ask);
    expect(seen.slice(4)).toEqual(["a 10-2 10-2 data of 10-2"]);
  },
);

onRedis("a reader waits until the last letter is delivered, but not once it is closed", async () => {
  const { reader, ask, seen, add } = await newReader(100);
  reader.follow("a");
  await add("a", "5-9");
  await add("a", "5-10");
  void reader.run();
  await reader.readThrough(ask);
  expect(seen).toHaveLength(2);
  await add("a", "6-0");
  const through = reader.readThrough(ask);
  reader.close();
  await through;
});

onRedis("after an answer that is an error it goes on, with the letter that it was about", async () => {
  const { reader, ask, seen, add } = await newReader();
  await ask.set("a", "no stream");
  reader.follow("a");
  void reader.run();
  await delay(100);
  await ask.del("a");
  await add("a", "1-0");
  await reader.readThrough(ask);
  expect(seen).toEqual(["a 1-0 1-0 data of 1-0"]);
});
