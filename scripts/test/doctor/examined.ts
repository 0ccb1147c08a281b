// An endpoint examined, and what was found, for the tests.
import { startOfflineModel } from "@course/offline-model";
import { onTestFinished } from "vitest";
import { createModelClient } from "../../../packages/runtime/src/index.ts";
import type { Check } from "../../doctor/check.ts";
import { Endpoint } from "../../doctor/endpoint.ts";
import { examine } from "../../doctor/examine.ts";
import { secretsIn } from "../../../packages/runtime/src/terminal/secrets.ts";
import { chapters } from "../../lib/chapters.ts";
import { startStub, type Lack } from "./stub.ts";

export const IDS = chapters.map(({ id }) => id);
export const KEY = "sk-test-0123456789";
export const silent = { check: () => {}, work: () => {} };

export async function examined(lack: Lack, model = "claude-sonnet-5-5") {
  const stub = await startStub({ ...lack, renames: model !== "claude-sonnet-5-5" });
  onTestFinished(() => stub.close());
  const env = { ANTHROPIC_BASE_URL: stub.url, ANTHROPIC_API_KEY: KEY };
  const checks = await examine(new Endpoint(createModelClient({ env, model }), secretsIn(env)), silent);
  return { checks, asked: stub.asked };
}

export async function withFault(fault: string, timeoutMs?: number) {
  const model = createModelClient({ env: {}, startOfflineModel });
  onTestFinished(() => model.close());
  await model.setFaults?.(fault);
  return examine(new Endpoint(model, [], timeoutMs), silent);
}

export const notOk = (checks: readonly Check[]) =>
  checks.flatMap(({ name, status, found }) => (status === "ok" ? [] : [`${name} ${status}: ${found}`]));
