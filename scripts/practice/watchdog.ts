// A loop that does not end keeps a program from its keys, so Ctrl-C reaches nobody. A second thread notices that, says
// where the loop is, and takes Ctrl-C itself.
import { Worker } from "node:worker_threads";

const BEAT_MS = 200;

export function startWatchdog(): void {
  const beats = new Int32Array(new SharedArrayBuffer(4));
  new Worker(new URL("watchdog-thread.mjs", import.meta.url), { workerData: beats, execArgv: [] }).unref();
  setInterval(() => Atomics.add(beats, 0, 1), BEAT_MS).unref();
}
