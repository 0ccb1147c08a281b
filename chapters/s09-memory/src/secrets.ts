// What looks like a secret, by the rules of secretlint (https://github.com/secretlint/secretlint, its recommended
// preset), which is maintained, and a few formats that it does not know.
// Not covered: a secret with no format of its own, such as a password in plain words.

/** Formats that the preset of this version lets pass. Their sources are the services' own documents. */
const MORE: readonly (readonly [what: string, pattern: RegExp])[] = [
  ["a private key", /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ["a GitHub token", /\bgithub_pat_[A-Za-z0-9_]{40,}/],
  ["a GitLab token", /\bgl(?:pat|dt|ptt|rt)-[\w-]{20,}/],
  ["an AWS access key", /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/],
  ["a Google API key", /\bAIza[\w-]{35}/],
  ["a Stripe key", /\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}/],
  ["a Hugging Face token", /\bhf_[A-Za-z0-9]{30,}/],
  ["an API key", /\bsk-[\w-]{32,}/],
  ["a JSON web token", /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{16,}/],
  [
    "a password or key",
    /\b(?:password|passwd|passphrase|secret|api[ _-]?key|(?:access|auth)[ _-]?token)["'`]?\s*(?:[:=]|\bis\b)\s*["'`]?(?=\S*\d)(?=\S*[a-z])[^\s"'`]{8,}/i,
  ],
];

/** What the text seems to hold, as in "a GitHub token"; undefined for nothing. Never the secret itself. */
export async function findSecret(text: string): Promise<string | undefined> {
  const known = MORE.find(([, pattern]) => pattern.test(text));
  if (known) return known[0];
  // Loaded when something is saved: it takes 80 ms, which a start should not.
  const [{ lintSource }, preset] = await Promise.all([
    import("@secretlint/core"),
    import("@secretlint/secretlint-rule-preset-recommend"),
  ]);
  const { messages } = await lintSource({
    source: { filePath: "memory.md", ext: ".md", contentType: "text", content: text },
    options: {
      config: { rules: [{ id: "@secretlint/secretlint-rule-preset-recommend", rule: preset.creator }] },
      noPhysicFilePath: true,
      // Its messages quote what they found.
      maskSecrets: true,
    },
  });
  const [first] = messages;
  return first && `a secret (${first.ruleId.replace("@secretlint/secretlint-rule-", "secretlint: ")})`;
}
