// What background tasks cost: starting one, starting many, and what they do to the program meanwhile.
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { Workspace } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { BackgroundManager } from "@course/s13-background-tasks";
import { median, ratios, timed, type Figure } from "./figure.ts";

/** A manager whose tasks have all ended when `ended` resolves. */
function newManager(count: number) {
  const manager = new BackgroundManager(new Workspace(temporaryFolder()));
  let left = count;
  const ended = new Promise<void>((resolve) => manager.onEnded(() => --left === 0 && resolve()));
  return { manager, ended };
}

export const lanes: Figure = {
  name: "lanes",
  question: "3, and 16, commands of 2 s at once, against the slowest of them",
  aim: 1.03,
  unit: "ratio",
  async measure() {
    const values: number[] = [];
    const walls: string[] = [];
    for (const count of [3, 16, 3, 16]) {
      const { manager, ended } = newManager(count);
      const wall = await timed(() => {
        for (let index = 0; index < count; index++) manager.run("sleep 2");
        return ended;
      });
      const lengths = manager
        .list()
        .map(({ startedAt, endedAt }) => Date.parse(endedAt ?? "") - Date.parse(startedAt ?? ""));
      values.push(wall / Math.max(...lengths));
      walls.push(`${count}: ${(wall / 1000).toFixed(2)} s`);
    }
    return { values, context: walls.slice(0, 2).join(", ") };
  },
};

export const spawned: Figure = {
  name: "spawn",
  question: "background_run until it returns, against a bare spawn to a file",
  aim: 1.3,
  unit: "ratio",
  async measure() {
    const { manager } = newManager(0);
    const folder = temporaryFolder();
    let files = 0;
    // Sixteen at a time, or tasks would queue; and the median of them, because one spawn is noise.
    const batch = async (start: () => unknown) => {
      const times: number[] = [];
      for (let index = 0; index < 16; index++) times.push(await timed(start));
      return median(times);
    };
    const ours = async () => {
      const time = await batch(() => manager.run("exec sleep 0.05"));
      while (manager.activeCount > 0) await delay(5);
      return time;
    };
    const bare = async () => {
      const time = await batch(() => {
        const file = openSync(join(folder, `${files++}.log`), "w");
        spawn("bash", ["-c", "exec sleep 0.05"], { detached: true, stdio: ["ignore", file, file] });
        closeSync(file);
      });
      await delay(100);
      return time;
    };
    const { values, subject, limit } = await ratios(40, ours, bare);
    return { values, context: `${subject.toFixed(2)} ms, bare ${limit.toFixed(2)} ms` };
  },
};

export const burst: Figure = {
  name: "burst",
  question: "1,000 short tasks, all announced, against bare spawns, 16 at once",
  aim: 1.2,
  unit: "ratio",
  async measure() {
    const COUNT = 1_000;
    const ours = () =>
      timed(async () => {
        const { manager, ended } = newManager(COUNT);
        let announced = 0;
        manager.onEnded(() => (announced += manager.drain().length));
        for (let index = 0; index < COUNT; index++) manager.run("true");
        await ended;
        if (announced !== COUNT) throw new Error(`${announced} of ${COUNT} were announced`);
      });
    const bare = () => timed(() => spawnAll(COUNT, 16, temporaryFolder()));
    const { values, subject, limit } = await ratios(7, ours, bare);
    return { values, context: `${(subject / 1000).toFixed(2)} s, bare ${(limit / 1000).toFixed(2)} s` };
  },
};

async function spawnAll(count: number, atOnce: number, folder: string): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const file = openSync(join(folder, `${next++}.log`), "w");
      const child = spawn("bash", ["-c", "true"], { detached: true, stdio: ["ignore", file, file] });
      closeSync(file);
      await new Promise((resolve) => child.once("close", resolve));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

export const responsiveness: Figure = {
  name: "responsiveness",
  question: "event-loop delay, p99, while 16 tasks write 50 MB each, less idle",
  aim: 5,
  unit: "ms",
  async measure() {
    const p99 = async (work: () => Promise<unknown>) => {
      const histogram = monitorEventLoopDelay({ resolution: 1 });
      histogram.enable();
      await work();
      histogram.disable();
      return histogram.percentile(99) / 1e6;
    };
    const values: number[] = [];
    let idle = 0;
    let busy = 0;
    for (let round = 0; round < 3; round++) {
      idle = await p99(() => delay(1_000));
      const { manager, ended } = newManager(16);
      for (let index = 0; index < 16; index++) manager.run("head -c 50000000 /dev/zero");
      busy = await p99(() => ended);
      values.push(busy - idle);
    }
    return { values, context: `${busy.toFixed(1)} ms busy, ${idle.toFixed(1)} ms idle` };
  },
};

export const memory: Figure = {
  name: "memory",
  question: "growth of the program's memory over a task that writes 500 MB",
  aim: 20,
  unit: "MB",
  async measure() {
    const write = async (bytes: number) => {
      const { manager, ended } = newManager(1);
      let highest = 0;
      const watch = setInterval(() => (highest = Math.max(highest, process.memoryUsage.rss())), 5);
      manager.run(`head -c ${bytes} /dev/zero`);
      await ended;
      clearInterval(watch);
      return highest;
    };
    await write(50_000_000);
    const before = process.memoryUsage.rss();
    const highest = await write(500_000_000);
    return {
      values: [Math.max(0, highest - before) / 1024 / 1024],
      context: `${Math.round(before / 1024 / 1024)} MB before`,
    };
  },
};
