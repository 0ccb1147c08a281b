// What must be shown nowhere: the inspector, a trace and the doctor take it out with this. Not covered: a secret that a
// model writes in pieces, until its reply is whole; keys of other services; what --print says to whoever started it.
import { isCredential } from "../processes/command-environment.ts";

/** Anything shorter is no key: "test" or "none" stands in every other sentence. */
const LEAST_LENGTH = 8;

/** The model's credentials, and the user and password that its address holds, as that and as Basic authentication sends them. */
export function secretsIn(env: Readonly<Record<string, string | undefined>>): string[] {
  const named = Object.entries(env).flatMap(([name, value]) => (isCredential(name) && value ? [value] : []));
  return [...named, ...secretsOfAddress(env["ANTHROPIC_BASE_URL"] ?? "")];
}

function secretsOfAddress(address: string): string[] {
  if (!URL.canParse(address)) return [];
  const { username, password } = new URL(address);
  if (username === "" && password === "") return [];
  const plain = [username, password].map(decoded);
  return [
    password === "" ? `//${username}@` : `//${username}:${password}@`,
    ...plain,
    Buffer.from(plain.join(":")).toString("base64"),
  ];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Takes them out of a text, which may be JSON: there, and in a URL, a secret may stand escaped. Those of fewer than
 * `least` characters stay, because a long text has them as words.
 */
export function redactor(secrets: readonly string[], least = LEAST_LENGTH): (text: string) => string {
  const forms = secrets
    .filter((secret) => secret.length >= least || isInAddress(secret))
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]);
  // The longest first: of what holds another, nothing may be left.
  const known = [...new Set(forms)].toSorted((a, b) => b.length - a.length);
  return (text) => known.reduce((rest, secret) => rest.replaceAll(secret, "[redacted]"), text);
}

/** As in //me:pw@: its marks say what it is, however short it is. */
function isInAddress(secret: string): boolean {
  return secret.startsWith("//") && secret.endsWith("@");
}
