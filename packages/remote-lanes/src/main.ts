// npm run worker -- --redis URL --dir FOLDER: runs the commands of a folder's queue. It listens at no port.
import { runMain, screenOn } from "@course/runtime/terminal";
import { CommandWorker } from "./command-worker.ts";
import { connect, watchOutages } from "./redis-place.ts";
import { HELP, workerFlags, type WorkerFlags } from "./worker-flags.ts";

const screen = screenOn(process.stdout);
void runMain(async () => {
  const flags = workerFlags(process.argv.slice(2), process.env);
  if (flags === "help") screen.line(HELP);
  else await start(flags);
  return 0;
});

async function start({ redis: place, ...options }: WorkerFlags): Promise<void> {
  const redis = await connect(place, "--redis");
  const report = (line: string) => screen.line(line.replaceAll("\n", " ").slice(0, 200));
  watchOutages(
    redis,
    report,
    `Redis at ${place.name} is away. Commands that run go on; no new ones begin.`,
    `Redis at ${place.name} is back.`,
  );
  const worker = new CommandWorker(redis, { ...options, report });
  screen.line(`Worker ${options.name}: runs up to ${options.concurrency} at once in ${options.folder}`);
  screen.line(
    `Queue ${worker.queue} on ${place.name}. Whoever can write to that Redis can run commands here, as you.`,
  );
  stopOnSignals(worker);
}

function stopOnSignals(worker: CommandWorker): void {
  let isClosing = false;
  const leave = async (now: boolean) => {
    if (now || isClosing) worker.giveUp();
    else if (worker.running > 0)
      screen.line(`Takes no more; ${worker.running} run to their end. Ctrl-C again ends them.`);
    if (isClosing) return;
    isClosing = true;
    await worker.close();
    process.exit();
  };
  process.on("SIGINT", () => void leave(false));
  process.on("SIGTERM", () => void leave(false));
  process.on("SIGHUP", () => void leave(true));
}
