// whole.mjs [--break NAME] PROMPT
const [flag, name, ...rest] = process.argv.slice(2);
const isBroken = flag === "--break";

export const prompt = (isBroken ? rest[0] : flag) ?? "";
export const breaks = (fault) => isBroken && name === fault;
