// The arguments of npm run worker. What is wrong with them is an Error that says what to type.
import { hostname } from "node:os";
import { resolve } from "node:path";
import { hasControlCharacters, Workspace } from "@course/runtime";
import { readCommandLine } from "@course/runtime/terminal";
import { redisPlace, type RedisPlace } from "./redis-place.ts";

const OPTIONS = {
  redis: { type: "string", default: "redis://127.0.0.1:6379" },
  dir: { type: "string" },
  for: { type: "string" },
  concurrency: { type: "string", default: "4" },
  name: { type: "string", default: `${hostname()}-${process.pid}` },
  "silent-seconds": { type: "string", default: "30" },
  help: { type: "boolean", short: "h", default: false },
} as const;

export interface WorkerFlags {
  redis: RedisPlace;
  folder: string;
  agentFolder: string;
  concurrency: number;
  name: string;
  silentSeconds: number;
}

/** "help" where that is asked for. Throws an Error that names the argument at fault. */
export function workerFlags(args: readonly string[], env: NodeJS.ProcessEnv): WorkerFlags | "help" {
  const { values } = readCommandLine(OPTIONS, { args, env });
  if (values.help) return "help";
  if (values.dir === undefined)
    throw new Error(
      "Name the folder in which commands run: npm run worker -- --dir FOLDER. --help says more.",
    );
  const from = env["INIT_CWD"] ?? process.cwd();
  const folder = new Workspace(resolve(from, values.dir)).root;
  if (values.name === "" || values.name.length > 40 || hasControlCharacters(values.name))
    throw new Error(`--name ${JSON.stringify(values.name)}: expected 1 to 40 characters of one line.`);
  return {
    redis: redisPlace(values.redis, "--redis"),
    folder,
    agentFolder: values.for === undefined ? folder : resolve("/", values.for),
    concurrency: wholeNumber("concurrency", values.concurrency, 1, 64),
    name: values.name,
    silentSeconds: wholeNumber("silent-seconds", values["silent-seconds"], 2, 3_600),
  };
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Error(`--${name} ${text}: expected a whole number from ${least} to ${most}.`);
}

export const HELP = `Runs background commands of an agent on another terminal or machine:
  npm run worker -- --dir FOLDER, beside npm run s13 -- --dir FOLDER --lanes redis://127.0.0.1:6379

  --dir FOLDER          where commands run: the agent's folder, or a checkout of it
  --redis URL           default redis://127.0.0.1:6379; rediss:// for TLS, :PASSWORD@ before the host
  --for FOLDER          the agent's folder by its name there, where this machine calls it differently
  --concurrency N       commands at once, 1 to 64; default 4
  --name NAME           what /lanes calls this worker; default the host's name and the process's number
  --silent-seconds N    how long a worker may be silent before its commands count as lost; default 30

Whoever can write to that Redis can run commands here, as you. Ctrl-C takes no more and lets what runs end;
a second one ends it.`;
