// The first call says how far a request comes: to the address, past the key, to the model, to an answer; and whether
// the answer streams and counts its tokens.
import type Anthropic from "@anthropic-ai/sdk";
import { promptTokens, StreamError, turnUsage } from "../../packages/runtime/src/index.ts";
import type { Check } from "./check.ts";
import type { Endpoint } from "./endpoint.ts";
import { diagnose, STEPS, wordsOf, type Failure } from "./failures.ts";

/** Without an answer, the last of these checks is the one that failed, and no other makes sense. */
export async function checkFirstCall(endpoint: Endpoint): Promise<{ checks: Check[]; answers: boolean }> {
  const request = { max_tokens: 1_000, messages: [{ role: "user" as const, content: "Hello" }] };
  const { reply, error, streamError } = await tryBoth(endpoint, request);
  if (!reply) {
    const failure = diagnose(error, endpoint.model, endpoint.secrets);
    return { checks: await failedAt(failure, endpoint), answers: false };
  }
  const steps = STEPS.map((step): Check => ({ name: step, status: "ok", found: passed(endpoint)[step] }));
  return { checks: [...steps, streams(endpoint, streamError), usage(reply)], answers: true };
}

interface Tried {
  reply?: Anthropic.Message;
  error?: unknown;
  /** Set where only the request without a stream was answered. */
  streamError?: unknown;
}

/** With a stream, and where something else comes than a stream, or a refusal to stream, without. */
async function tryBoth(endpoint: Endpoint, request: Parameters<Endpoint["send"]>[0]): Promise<Tried> {
  try {
    return { reply: await endpoint.send(request) };
  } catch (error) {
    const maybeNoStream = error instanceof StreamError || /\bstream/i.test(wordsOf(error));
    if (!maybeNoStream) return { error };
    endpoint.doWithoutStream();
    try {
      return { reply: await endpoint.send(request), streamError: error };
    } catch (second) {
      return { error: second };
    }
  }
}

function passed({ model, secrets }: Endpoint): Record<(typeof STEPS)[number], string> {
  return {
    reachable: `An answer comes from ${model.endpoint}`,
    key: secrets.length === 0 ? "No key is needed" : "The key is accepted",
    model: `The model ${model.id} is known`,
    answers: "A plain request is answered",
  };
}

async function failedAt({ step, found, next }: Failure, endpoint: Endpoint): Promise<Check[]> {
  const before = STEPS.slice(0, STEPS.indexOf(step)).filter((name) => name !== "answers");
  const offered = step === "model" ? await endpoint.models() : [];
  const some = offered.slice(0, 8).join(", ");
  const more = offered.length > 8 ? ", …" : "";
  return [
    ...before.map((name): Check => ({ name, status: "ok", found: passed(endpoint)[name] })),
    { name: step, status: "failed", found, next: some ? `${next} It offers ${some}${more}` : next },
  ];
}

function streams({ secrets }: Endpoint, error: unknown): Check {
  if (error === undefined) return { name: "streams", status: "ok", found: "Replies stream" };
  return {
    name: "streams",
    status: "failed",
    found: `Replies do not stream (${wordsOf(error, secrets)})`,
    next: "The chapters need a stream: look for a setting of the endpoint, or take another.",
  };
}

function usage({ usage: counted }: Anthropic.Message): Check {
  const turn = turnUsage(counted);
  if (promptTokens(turn) > 0 && turn.output > 0)
    return { name: "usage", status: "ok", found: "Replies say how many tokens they took" };
  return {
    name: "usage",
    status: "warning",
    found: "Replies do not say how many tokens they took",
    next: "Nothing to mend: what a run cost is not shown.",
  };
}
