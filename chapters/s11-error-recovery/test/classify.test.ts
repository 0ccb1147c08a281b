import { StreamError } from "@course/runtime";
import { classifyError } from "@course/s11-error-recovery";
import { expect, test } from "vitest";

const failure = (fields: object, message = "x") => Object.assign(new Error(message), fields);

test.each([
  [failure({ status: 529 }), "overloaded"],
  [failure({ type: "overloaded_error" }), "overloaded"],
  [
    failure({ status: 429, headers: new Headers({ "retry-after": "Thu, 01 Jan 1970 00:00:05 GMT" }) }),
    "rate_limited",
    5_000,
  ],
  [
    failure({ status: 429, headers: new Headers({ "retry-after-ms": "250", "retry-after": "9" }) }),
    "rate_limited",
    250,
  ],
  [failure({ status: 503, headers: new Headers({ "retry-after": "1.5" }) }), "server_error", 1_500],
  [failure({ type: "rate_limit_error" }), "rate_limited"],
  [failure({ type: "api_error" }), "server_error"],
  [failure({ status: 500 }), "server_error"],
  [failure({ status: 499 }), undefined],
  [failure({ status: 413 }), "too_long"],
  [failure({ status: 413, headers: new Headers({ "x-should-retry": "false" }) }), "too_long"],
  [failure({ status: 400 }, "prompt is too long: 5 > 4"), "too_long"],
  [failure({ status: 400 }, "messages: wrong"), undefined],
  [failure({ status: 401 }), undefined],
  [failure({ status: 403 }), undefined],
  [failure({ status: 404 }), undefined],
  [failure({}, "terminated"), "lost"],
  [new StreamError("the stream ended without its last event"), "lost"],
  [failure({ status: 408 }), "server_error"],
  [failure({ status: 409 }), "server_error"],
  [failure({ type: "timeout_error" }), "server_error"],
  [failure({ status: 529, headers: new Headers({ "x-should-retry": "false" }) }), undefined],
  [failure({ status: 403, headers: new Headers({ "x-should-retry": "true" }) }), "server_error"],
  [
    failure({ status: 429, headers: new Headers({ "retry-after-ms": "", "retry-after": "7, 7" }) }),
    "rate_limited",
    7_000,
  ],
  [new TypeError("x is not a function"), undefined],
  ["a string", undefined],
])("%s is classified as %s", (error, kind, retryAfterMs?: number) => {
  expect(classifyError(error, 0)?.kind).toBe(kind);
  expect(classifyError(error, 0)?.retryAfterMs).toBe(retryAfterMs);
});
