import { expect, test } from "vitest";
import { redactor, secretsIn } from "../src/terminal/secrets.ts";

const KEY = "sk-ant-api03-0123456789";

test("the credentials of the model are secret, whatever ends in KEY or TOKEN, and no other variable", () => {
  const env = {
    ANTHROPIC_API_KEY: KEY,
    ANTHROPIC_AUTH_TOKEN: "token-0123456789",
    CLAUDE_CODE_OAUTH_TOKEN: "oauth-0123456789",
    ANTHROPIC_BASE_URL: "http://127.0.0.1:1",
    MODEL_ID: "claude-sonnet-5-5",
    PATH: "/usr/bin",
  };
  expect(secretsIn(env)).toEqual([KEY, "token-0123456789", "oauth-0123456789"]);
  expect(secretsIn({ ANTHROPIC_API_KEY: "", ANTHROPIC_BASE_URL: "no address" })).toEqual([]);
});

test.each([
  [
    "http://me:pass%2Fword@host:1/x",
    "fetch failed: http://me:pass%2Fword@host:1/x",
    "fetch failed: http:[redacted]host:1/x",
  ],
  ["http://me:pass%2Fword@host:1/x", "the password is pass/word.", "the password is [redacted]."],
  [
    "http://me:pw@host",
    "fetch failed: http://me:pw@host/v1; me is here",
    "fetch failed: http:[redacted]host/v1; me is here",
  ],
  ["http://longtoken@host", "http://longtoken@host, longtoken", "http:[redacted]host, [redacted]"],
  ["http://me:password@host", "Authorization: Basic bWU6cGFzc3dvcmQ=", "Authorization: Basic [redacted]"],
  ["http://me:100%@host", "it was http://me:100%@host", "it was http:[redacted]host"],
])("what the address %s holds is not shown: %s", (address, text, shown) => {
  expect(redactor(secretsIn({ ANTHROPIC_BASE_URL: address }))(text)).toBe(shown);
});

test("a secret is taken out also where JSON or a URL writes it otherwise, and the longest first", () => {
  const secret = 'sk-ant-"api03"-x/y';
  const redact = redactor(["sk-ant-", "sk-ant-x", secret]);
  expect(redact(JSON.stringify([secret, encodeURIComponent(secret)]))).toBe('["[redacted]","[redacted]"]');
});

test("what is too short to be a key is left alone, or words would be lost", () => {
  expect(redactor(["x", "none"])("x is none")).toBe("x is none");
});
