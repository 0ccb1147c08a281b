// --lanes: the lane is a queue in Redis. Its package is loaded only then, so nobody else waits for it.
import { createRequire } from "node:module";
import type { ChapterFlag, Workspace } from "@course/runtime";
import type { Lane } from "./lane.ts";

export const laneFlags: Readonly<Record<string, ChapterFlag>> = {
  lanes: {
    value: "URL",
    description: "Background commands go to a queue in this Redis, as in redis://127.0.0.1:6379",
  },
};

/** Rejects with one line that says what to do where the Redis cannot be used. */
export async function openRemoteLane(
  url: string,
  { root }: Workspace,
  report: (message: string) => void,
): Promise<Lane> {
  const { openLane } = await loadLanes();
  const lane = await openLane({ url, folder: root, report });
  const workers = await lane.workers();
  if (workers === 0)
    report(
      `No worker waits at ${lane.queue} yet. In another terminal, with the URL of --lanes: npm run worker -- --redis URL --dir ${root}`,
    );
  return lane;
}

/** Required where TypeScript can be, as in a program (scripts/preflight.mjs): imported as well, the runtime would be there twice. */
async function loadLanes(): Promise<typeof import("@course/remote-lanes")> {
  const require = createRequire(import.meta.url);
  if (".ts" in require.extensions) return require("@course/remote-lanes") as never;
  return import("@course/remote-lanes");
}
