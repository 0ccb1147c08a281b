// What the figures of the loop share: a model that takes no time, and an agent that reads a file again and again.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type Anthropic from "@anthropic-ai/sdk";
import {
  type Agent,
  baseTools,
  createModelClient,
  defineAgent,
  Workspace,
  type ModelClient,
} from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { ROOT } from "../lib/chapters.ts";
import { instantReply } from "./instant-reply.ts";

/** Tool calls in a run. */
export const TURNS = 50;
const FILE = "a.txt";

/** An agent in a folder that holds the file which the model asks for. */
export function newAgent(maxTurns = TURNS + 1): Agent {
  const workspace = new Workspace(temporaryFolder());
  writeFileSync(join(workspace.root, FILE), "one line\n");
  return defineAgent({ name: "bench", instructions: "Be brief.", tools: baseTools(workspace), maxTurns });
}

/** Starts a server that answers at once, in a process of its own. Its runs are of TURNS tool calls each. */
export async function startInstantModel(): Promise<{ url: string; model: ModelClient; stop(): void }> {
  const args = ["--import", "tsx", join(import.meta.dirname, "instant-model.ts"), String(TURNS), FILE];
  const server = spawn(process.execPath, args, { cwd: ROOT, stdio: ["pipe", "pipe", "inherit"] });
  const [line] = (await once(server.stdout, "data")) as [Buffer];
  const url = line.toString().trim();
  const model = createModelClient({ env: { ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: "x" } });
  return { url, model, stop: () => server.stdin.end() };
}

/** A model that asks for the file for ever, with no HTTP and no serialisation. */
export function stubbedModel(onCall: () => void): ModelClient {
  const create = () => {
    onCall();
    const stream = {
      controller: new AbortController(),
      async *[Symbol.asyncIterator]() {
        yield* instantReply(FILE);
      },
    };
    return Promise.resolve(stream);
  };
  const sdk = { messages: { create } } as unknown as Anthropic;
  return {
    id: "stub",
    endpoint: "none",
    reason: "",
    isOffline: true,
    sdk: () => Promise.resolve(sdk),
    close: () => Promise.resolve(),
  };
}
