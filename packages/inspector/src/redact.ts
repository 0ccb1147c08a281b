// Takes secrets out of what is shown. A secret that the model writes in pieces is found where its reply is whole.

const LEAST_LENGTH = 8;

/** For text that is JSON: a secret may stand in it escaped. */
export function redactor(secrets: readonly string[]): (json: string) => string {
  const forms = secrets
    .filter((secret) => secret.length >= LEAST_LENGTH)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]);
  const known = [...new Set(forms)];
  return (json) => known.reduce((text, secret) => text.replaceAll(secret, "[redacted]"), json);
}
