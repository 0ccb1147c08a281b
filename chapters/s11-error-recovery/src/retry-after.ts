// How long the server asks us to wait, read from the headers of its refusal.

/** In milliseconds. The header holds seconds, or a date (RFC 9110, section 10.2.3); the API also sends milliseconds. */
export function retryAfter(headers: Headers | null | undefined, now: number): number | undefined {
  const exact = Number(headers?.get("retry-after-ms") || NaN);
  if (exact >= 0) return exact;
  // A header that was sent twice arrives as one, with a comma; a date has one, too.
  const value = headers?.get("retry-after")?.replace(/^([\d.]+),.*/, "$1");
  if (!value) return undefined;
  const ms = /^[\d.]+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
