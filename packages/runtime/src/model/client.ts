// Which model answers: the real API, a compatible endpoint, or the offline model. The SDK
// takes a third of a second to load, so it is loaded at the first call, not at the start.
import type Anthropic from "@anthropic-ai/sdk";
import type { ModelClient } from "../conversation/model-client.ts";
import { loadLater } from "../load-later.ts";

// Required, its 250 files take a third less of the processor than imported.
const sdk = loadLater<{ default: typeof Anthropic }>("@anthropic-ai/sdk", import.meta.url);

const DEFAULT_MODEL = "claude-sonnet-5-5";

/** What this file needs of a started offline model. */
interface OfflineModel {
  url: string;
  setFaults(text: string): void;
  unref(): void;
  close(): Promise<void>;
}

export type StartOfflineModel = (options: {
  pace?: { firstTokenMs: number; chunkMs: number };
}) => Promise<OfflineModel>;

export interface ClientOptions {
  /** Variables of the shell and of .env, merged. */
  env: Readonly<Record<string, string | undefined>>;
  offline?: boolean;
  /** Wins over MODEL_ID. */
  model?: string | undefined;
  /** Slow the offline model down to the pace of a fast real one. */
  pace?: boolean;
  /** Undefined where there is no offline model, as in a chapter's one-file edition. */
  startOfflineModel?: StartOfflineModel;
}

/** Chooses an endpoint. Throws an Error with the next step where a setting is wrong. */
export function createModelClient(options: ClientOptions): ModelClient {
  const { env } = options;
  const set = ["ANTHROPIC_BASE_URL", "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"].filter((name) => env[name]);
  if (options.offline || set.length === 0) {
    return offlineClient(options, options.offline ? "--offline" : "no ANTHROPIC_API_KEY is set");
  }
  return realClient(options, `${set.join(" and ")} ${set.length > 1 ? "are" : "is"} set`);
}

function realClient({ env, model }: ClientOptions, reason: string): ModelClient {
  const baseURL = env["ANTHROPIC_BASE_URL"] || "https://api.anthropic.com";
  const url = URL.canParse(baseURL) ? new URL(baseURL) : undefined;
  if (!url?.protocol.startsWith("http")) {
    throw new Error(`ANTHROPIC_BASE_URL is "${baseURL}". Expected a URL such as http://localhost:11434.`);
  }
  // An endpoint of one's own often wants no key; the SDK wants something.
  const key = env["ANTHROPIC_API_KEY"];
  const token = env["ANTHROPIC_AUTH_TOKEN"];
  const credential = key ? { apiKey: key } : { authToken: token || "none" };
  return {
    id: model ?? (env["MODEL_ID"] || DEFAULT_MODEL),
    endpoint: url.host,
    reason,
    isOffline: false,
    sdk: once(async () => loadSdk({ ...credential, baseURL })),
    close: async () => {},
  };
}

function offlineClient(options: ClientOptions, reason: string): ModelClient {
  const { model, pace, startOfflineModel } = options;
  if (!startOfflineModel) {
    throw new Error(
      "The offline model lives in the repository. Set ANTHROPIC_API_KEY or ANTHROPIC_BASE_URL.",
    );
  }
  let server: OfflineModel | undefined;
  const start = once(async () => {
    server = await startOfflineModel({
      ...(pace && { pace: { firstTokenMs: 200, chunkMs: 15 } }),
    });
    server.unref();
    return server;
  });
  return {
    id: model ?? DEFAULT_MODEL,
    endpoint: "the offline model",
    reason,
    isOffline: true,
    sdk: once(async () => loadSdk({ apiKey: "offline", baseURL: (await start()).url })),
    setFaults: async (text) => (await start()).setFaults(text),
    close: async () => server?.close(),
  };
}

function loadSdk(options: { apiKey?: string; authToken?: string; baseURL: string }): Anthropic {
  const { default: Sdk } = sdk();
  // What goes wrong is told as a line of ours; the SDK would write its own between them.
  return new Sdk({ ...options, logLevel: "off" });
}

/** Makes it once; a failure is forgotten, so that the next call tries again. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
