// Why a request failed, and what to do: which step on the way to an answer it did not pass.
import type { ModelClient } from "../../packages/runtime/src/index.ts";
import { plainLine, type CheckName } from "./check.ts";

/** The steps on the way to an answer, in their order. */
export const STEPS = ["reachable", "key", "model", "answers"] as const satisfies readonly CheckName[];

export interface Failure {
  step: (typeof STEPS)[number];
  /** What came, and from where. */
  found: string;
  next: string;
}

interface ApiErrorLike extends Error {
  status?: number;
  apiMessage?: string | null;
}

/** What the endpoint said, on one line. */
export function wordsOf(error: unknown, secrets: readonly string[] = []): string {
  if (!(error instanceof Error)) return plainLine(String(error), secrets);
  const { status, apiMessage } = error as ApiErrorLike;
  const said = plainLine(apiMessage ?? error.message.replace(/^\d{3} /, ""), secrets);
  return status === undefined ? said : `${status}: ${said}`;
}

/** Whether the endpoint answered that the request itself is wrong, and would be again. */
export function isRefusal(error: unknown): boolean {
  const { status } = error as ApiErrorLike;
  return status !== undefined && status >= 400 && status < 500 && ![401, 403, 408, 429].includes(status);
}

export function diagnose(error: unknown, model: ModelClient, secrets: readonly string[] = []): Failure {
  const { endpoint, id } = model;
  const said = wordsOf(error, secrets);
  const { status } = error as ApiErrorLike;
  if (status === undefined) return withoutStatus(error, model, said);
  const failure = (step: Failure["step"], found: string, next: string): Failure => ({
    step,
    found: `${endpoint} ${found} (${said})`,
    next,
  });
  if (isAboutMoney(status, said)) return failure("answers", "wants credit", "Add credit to the account.");
  if (status === 401 || status === 403)
    return failure(
      "key",
      "refuses the key",
      "Check ANTHROPIC_API_KEY or ANTHROPIC_AUTH_TOKEN, listed above.",
    );
  if (isAboutModel(status, said))
    return failure("model", `does not know the model ${id}`, "Set MODEL_ID to one that it offers.");
  if (status === 404 || status === 405) {
    const next = "Check ANTHROPIC_BASE_URL, and leave out a /v1 at its end.";
    return failure("reachable", "has no Messages API at this address", next);
  }
  if (status === 429 || status >= 500) return failure("answers", "is busy", "Wait a little, then try again.");
  return failure(
    "answers",
    "refuses a plain request",
    "docs/real-models.md has links to what endpoints document.",
  );
}

function withoutStatus(error: unknown, { endpoint, isOffline }: ModelClient, said: string): Failure {
  const name = error instanceof Error ? error.constructor.name : "";
  if (name === "APIConnectionTimeoutError" || name === "StreamError")
    return {
      step: "answers",
      found: `${endpoint} did not answer (${said})`,
      next: "Try again; a model on your own machine may still be loading.",
    };
  if (name.startsWith("APIConnection") || said === "terminated") {
    const isLocal = /^(localhost|127\.|\[::1\])/.test(endpoint);
    const check = "Check the network and ANTHROPIC_BASE_URL.";
    return {
      step: "reachable",
      found: `No connection to ${endpoint} (${rootCause(error)})`,
      next: isOffline ? "Try again." : isLocal ? `Start the server at ${endpoint}.` : check,
    };
  }
  return {
    step: "reachable",
    found: `${endpoint} gave an answer that is not the Messages API's (${said})`,
    next: "Check ANTHROPIC_BASE_URL: docs/real-models.md has some addresses.",
  };
}

function isAboutMoney(status: number, said: string): boolean {
  return status === 402 || (status < 500 && /\b(credit|balance|billing|insufficient quota)\b/i.test(said));
}

function isAboutModel(status: number, said: string): boolean {
  if (!/\bmodel\b/i.test(said)) return false;
  return (
    status === 404 ||
    (status === 400 &&
      /not (found|exist|supported|available)|does ?n.t exist|unknown|unsupported|invalid model/i.test(said))
  );
}

function rootCause(error: unknown): string {
  let deepest = error instanceof Error ? error : new Error(String(error));
  while (deepest.cause instanceof Error) deepest = deepest.cause;
  const code = "code" in deepest ? String(deepest.code) : "";
  return plainLine(deepest.message || code || "no reason given");
}
