// npm takes flags for itself that stand before "--", and says nothing about it.

/** Throws an Error that says what to type where npm took one of these flags. */
export function refuseSwallowed(script: string, flags: readonly string[]): void {
  const taken = flags.find(
    (flag) => process.env[`npm_config_${flag}`] === "true" && !process.argv.includes(`--${flag}`),
  );
  if (taken !== undefined && process.env["npm_lifecycle_event"] === script)
    throw new Error(`npm took --${taken} for itself. Write: npm run ${script} -- --${taken}`);
}
