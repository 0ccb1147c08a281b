// Which settings hold: the shell's variables win over those of .env, an empty one too. Keys are never shown.
import { loadEnvironment } from "../../packages/runtime/src/terminal/environment.ts";
import type { Check } from "./check.ts";

type Variables = Readonly<Record<string, string | undefined>>;

const NAMES = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL", "MODEL_ID"];
const SECRET = /KEY|TOKEN/;

/** A line for each variable that is set somewhere, and for each line of .env that cannot be read. */
export function checkSettings(shell: Variables, file: string): Check[] {
  const { env: written, problems } = loadEnvironment({}, file);
  const lines = NAMES.flatMap((name) => checkVariable(name, shell[name], written[name]) ?? []);
  const faults = problems.map((problem): Check => ({
    name: "settings",
    status: "warning",
    found: problem,
    next: `Mend it in ${file}`,
  }));
  const both = [...lines, ...faults, ...checkCredentials({ ...written, ...shell })];
  if (both.length > 0) return both;
  return [
    {
      name: "settings",
      status: "ok",
      found: "Neither the shell nor .env names a key, an address or a model",
    },
  ];
}

function checkVariable(
  name: string,
  inShell: string | undefined,
  inFile: string | undefined,
): Check | undefined {
  if (inShell === "" && inFile)
    return {
      name: "settings",
      status: "warning",
      found: `${name} is set to nothing in the shell, which wins over .env`,
      next: `Take the shell's away: unset ${name}`,
    };
  if (!inShell && !inFile) return undefined;
  const from = inShell ? "from the shell" : "from .env";
  const found = `${name} ${from}: ${shown(name, inShell || inFile || "")}`;
  if (!inShell || !inFile || inShell === inFile) return { name: "settings", status: "ok", found };
  return {
    name: "settings",
    status: "warning",
    found: `${found}; .env has another, which is not used`,
    next: `To use the one of .env: unset ${name}`,
  };
}

function checkCredentials(env: Variables): Check[] {
  if (!env["ANTHROPIC_API_KEY"] || !env["ANTHROPIC_AUTH_TOKEN"]) return [];
  return [
    {
      name: "settings",
      status: "warning",
      found: "ANTHROPIC_API_KEY and ANTHROPIC_AUTH_TOKEN are both set; the key is used",
      next: "Take away the one that this endpoint does not want.",
    },
  ];
}

function shown(name: string, value: string): string {
  if (SECRET.test(name)) return `set, ${value.length} characters`;
  if (!URL.canParse(value)) return value;
  const url = new URL(value);
  [url.username, url.password] = ["", ""];
  return url.href.replace(/\/$/, "");
}
