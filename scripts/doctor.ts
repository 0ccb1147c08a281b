// npm run doctor: what this machine, this key and this endpoint can do, and which chapters will work.
// -- --yes asks the endpoint without a question first, -- --offline examines the offline model, -- --json is for a program,
// -- --model ID wins over MODEL_ID.
import { join } from "node:path";
import { confirm, isCancel } from "@clack/prompts";
import { startOfflineModel } from "@course/offline-model";
import { createModelClient, errorMessage, type ModelClient } from "../packages/runtime/src/index.ts";
import { loadEnvironment } from "../packages/runtime/src/terminal/environment.ts";
import { secretsIn } from "../packages/runtime/src/terminal/secrets.ts";
import { screenOn } from "../packages/runtime/src/terminal/style.ts";
import { chapters, ROOT, runScript } from "./lib/chapters.ts";
import { commandLine } from "./lib/command-line.ts";
import { judge } from "./doctor/chapters.ts";
import type { Check } from "./doctor/check.ts";
import { Endpoint } from "./doctor/endpoint.ts";
import { COST, examine } from "./doctor/examine.ts";
import { checkMachine, thisMachine } from "./doctor/machine.ts";
import { checkSettings } from "./doctor/settings.ts";
import { asJson, isWell, onScreen, type Report } from "./doctor/show.ts";

const ENV_FILE = join(ROOT, ".env");
const OPTIONS = {
  yes: { type: "boolean", default: false },
  offline: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  model: { type: "string" },
} as const;
type Values = ReturnType<typeof commandLine<typeof OPTIONS>>["values"];

void runScript(async () => {
  const { values } = commandLine(import.meta.filename, OPTIONS);
  const report = values.json ? asJson((text) => console.log(text)) : onScreen(screenOn(process.stdout));
  const machine = [
    ...checkMachine(thisMachine(ROOT, process.stdout)),
    ...checkSettings(process.env, ENV_FILE),
  ];
  report.heading("This machine");
  machine.forEach(report.check);
  const asked = await ask(values, report);
  const checks = [...machine, ...asked.checks];
  // Without an answer of the endpoint, nothing is known of the chapters.
  const ids = asked.examined ? chapters.map(({ id }) => id) : [];
  report.end({ ...asked, checks, chapters: judge(ids, checks) });
  process.exitCode = isWell(checks) ? 0 : 1;
});

interface Asked {
  model: string;
  endpoint: string;
  examined: boolean;
  checks: Check[];
}

async function ask(values: Values, report: Report): Promise<Asked> {
  const { env } = loadEnvironment(process.env, ENV_FILE);
  let model: ModelClient;
  try {
    model = createModelClient({
      env,
      offline: values.offline,
      model: values.model,
      startOfflineModel,
    });
  } catch (error) {
    const check: Check = { name: "reachable", status: "failed", found: errorMessage(error) };
    report.check(check);
    return { model: "", endpoint: "", examined: false, checks: [check] };
  }
  const { id, endpoint, reason, isOffline } = model;
  report.heading(`\n${id} at ${endpoint}`, ` (${reason})`);
  const isAllowed = isOffline || values.yes || (!values.json && (await mayCall(endpoint)));
  const checks: Check[] = [];
  if (isAllowed) checks.push(...(await examine(new Endpoint(model, secretsIn(env)), report)));
  else
    report.check({
      name: "reachable",
      status: "skipped",
      found: "Not asked; npm run doctor -- --yes asks it",
    });
  await model.close();
  return { model: id, endpoint, examined: isAllowed, checks };
}

async function mayCall(endpoint: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return false;
  const answer = await confirm({ message: `Ask ${endpoint}? It takes ${COST}.`, initialValue: true });
  return !isCancel(answer) && answer;
}
