import { existsSync } from "node:fs";
import { join } from "node:path";
import { call, say, script } from "@course/offline-model/test";
import { openSession } from "@course/runtime/testing";
import { findSecret } from "@course/s09-memory";
import { expect, test } from "vitest";
import { createAgent } from "../src/agent.ts";

// Put together here, so that no scanner takes this file for a leak.
const letters = (length: number) => "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dF".repeat(4).slice(0, length);
const key = (kind: string) => `-----BEGIN ${kind}PRIVATE KEY-----\n${letters(64)}\n${letters(64)}\n`;

test.each([
  ["a GitHub token", `ghp_${letters(36)}`],
  ["a fine-grained GitHub token", `github_pat_${letters(82)}`],
  ["a GitLab token", `glpat-${letters(20)}`],
  ["an npm token", `npm_${letters(36)}`],
  ["a Slack token", `xoxb-123456789012-123456789012-${letters(24)}`],
  ["an Anthropic key", `sk-ant-api03-${letters(93)}AA`],
  ["an OpenAI key", `sk-proj-${letters(72)}`],
  ["an AWS key", `AKIA${"J5Q7ZK3M2N4P6R7T"}`],
  ["a Google key", `AIza${letters(35)}`],
  ["a Stripe key", `sk_live_${letters(24)}`],
  ["an RSA key", key("RSA ")],
  ["an OpenSSH key", key("OPENSSH ")],
  ["a database address with a password", "postgres://app:Xk29vQm4@db.example.org/shop"],
  ["an address with a password", "https://deploy:hunter2secret@git.example.org/x"],
  ["a JSON web token", `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.${letters(43)}`],
  ["a password that is named so", "The staging password is tr0ub4dor3"],
])("%s is not saved, and the refusal does not repeat it", async (_, secret) => {
  for (const place of ["description", "content"]) {
    const input = { name: "a", description: "x", type: "reference", content: "y", [place]: `See ${secret}` };
    const open = await openSession(createAgent, script(call("save_memory", input), say("ok")));
    await open.run("go");
    expect(open.results()[0]).toMatch(/^Not saved: this looks like an? [\w (:)-]+\. A memory/);
    expect(open.results()[0]).not.toContain(secret.slice(0, 30));
    expect(existsSync(join(open.workspace.root, ".memory"))).toBe(false);
    await open.close();
  }
});

test.each([
  "Use pnpm, never npm.",
  "The tokens of the deploy job are in the vault under ci/deploy.",
  "The password is in 1Password, ask Ana.",
  "Secret: the launch is in May.",
  "Commit 9f07ea2b1c4d5e6f708192a3b4c5d6e7f8091a2b broke the parser.",
  "The API key is read from ANTHROPIC_API_KEY.",
  "See https://example.org/docs/authentication?page=2",
])("%j is no secret", async (text) => {
  expect(await findSecret(text)).toBeUndefined();
});
