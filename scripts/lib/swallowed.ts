// npm takes flags for itself that stand before "--", and says nothing about it.

/** Throws an Error that says what to type where npm took one of these flags. `word` is what goes before them. */
export function refuseSwallowed(script: string, flags: readonly string[], word = ""): void {
  const taken = flags.find(
    (flag) => process.env[`npm_config_${flag}`] === "true" && !process.argv.includes(`--${flag}`),
  );
  if (taken !== undefined && process.env["npm_lifecycle_event"] === script)
    throw new Error(
      `npm took --${taken} for itself. Write: ${["npm run", script, word].join(" ").trim()} -- --${taken}`,
    );
}
