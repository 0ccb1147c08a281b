// A failed model call as one line: what happened, and the next step.
import type { ModelClient } from "../conversation/model-client.ts";
import { rootCause } from "../errors.ts";

interface ApiErrorLike extends Error {
  status?: number;
  type?: string | null;
  apiMessage?: string | null;
  cause?: unknown;
}

/** Whether the API refused a request because of its length: by tokens (400), or by bytes (413). */
export function isTooLong(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { status, message } = error as ApiErrorLike;
  return (
    status === 413 ||
    (status === 400 && /prompt is too long|context (window|length)|exceeds?.*context/i.test(message))
  );
}

export function describeModelError(error: unknown, model: ModelClient): string {
  const line = describe(error, model);
  return line.charAt(0).toUpperCase() + line.slice(1);
}

function describe(error: unknown, model: ModelClient): string {
  if (!(error instanceof Error)) return `The model call failed: ${String(error)}`;
  const { status, type, apiMessage } = error as ApiErrorLike;
  const said = oneLine(apiMessage ?? error.message);
  if (status === 401 || status === 403) {
    return `${model.endpoint} refused the credentials (${status}: ${said}). Check ANTHROPIC_API_KEY in your shell or .env, or use --offline.`;
  }
  if (status === 404 && type === "not_found_error" && said.includes("model")) {
    return `${model.endpoint} does not know the model "${model.id}" (404: ${said}). Set MODEL_ID or --model to one that it offers.`;
  }
  if (status === 404) {
    return `${model.endpoint} has no Messages API at this address (404: ${said}). Check ANTHROPIC_BASE_URL, and leave out a /v1 at its end.`;
  }
  if (status === 429)
    return `Rate limit reached (429: ${said}). Wait a little and ask again; the conversation is kept.`;
  if (status === 529 || type === "overloaded_error") {
    return `The model is overloaded (${said}). Wait a little and ask again; the conversation is kept.`;
  }
  if (status !== undefined && status >= 500)
    return `${model.endpoint} failed (${status}: ${said}). Ask again; the conversation is kept.`;
  if (isTooLong(error))
    return `The conversation is too long for the model (${status}: ${said}). /clear begins anew; --with s06 compacts.`;
  if (status !== undefined) return `${model.endpoint} refused the request (${status}: ${said}).`;
  const name = error.constructor.name;
  if (name.startsWith("APIConnection") || name === "StreamError" || error.message === "terminated") {
    return `No answer from ${model.endpoint} (${oneLine(rootCause(error))}). ${advice(model, "Check the network and ANTHROPIC_BASE_URL")}`;
  }
  if (name === "AnthropicError" || error instanceof SyntaxError) {
    return `${model.endpoint} gave an answer that is not the Messages API's (${said}). ${advice(model, "Check ANTHROPIC_BASE_URL")}`;
  }
  return said;
}

function advice({ isOffline }: ModelClient, step: string): string {
  return isOffline ? "Ask again; the conversation is kept." : `${step}, or use --offline.`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim().slice(0, 300);
}
