// Examines an endpoint: the checks in their order, each told as soon as it is known. What makes no sense after a
// failure is left out.
import { plainLine, type Check, type CheckName, type Effect } from "./check.ts";
import type { Endpoint } from "./endpoint.ts";
import { diagnose } from "./failures.ts";
import { checkCaching, checkCounting, checkDeferring } from "./feature-checks.ts";
import { checkFirstCall } from "./first-call.ts";
import type { Report } from "./show.ts";
import { checkTools } from "./tool-checks.ts";

const UNTRIED: readonly Effect[] = [{ chapters: "all", stops: false, missing: "tools were not tried" }];

/** What it costs, for the question before: measured with the offline model. */
export const COST = "10 short calls, some 12,000 tokens";

export async function examine(endpoint: Endpoint, report: Pick<Report, "check" | "work">): Promise<Check[]> {
  try {
    return await checkAll(endpoint, report);
  } finally {
    report.work(undefined);
  }
}

async function checkAll(endpoint: Endpoint, report: Pick<Report, "check" | "work">): Promise<Check[]> {
  const done: Check[] = [];
  const note = (checks: readonly Check[]) => {
    done.push(...checks);
    checks.forEach(report.check);
  };
  report.work(`Asking ${endpoint.model.endpoint}`);
  const first = await checkFirstCall(endpoint);
  note(first.checks);
  if (!first.answers) return done;
  report.work("Calling tools");
  const tools = await orFailure("tools", endpoint, async () => checkTools(endpoint));
  note("checks" in tools ? tools.checks : [tools]);
  report.work("Sending a long prompt twice");
  note([await orFailure("caching", endpoint, () => checkCaching(endpoint))]);
  report.work("Counting tokens");
  note([await checkCounting(endpoint)]);
  if (!("checks" in tools) || !tools.calls) return done;
  report.work("Deferring a tool");
  note([await orFailure("defer_loading", endpoint, () => checkDeferring(endpoint))]);
  return done;
}

/** A check that broke off for a reason of its own, such as a lost connection, says nothing about what it looks at. */
async function orFailure<Found>(
  name: CheckName,
  endpoint: Endpoint,
  check: () => Promise<Found>,
): Promise<Found | Check> {
  try {
    return await check();
  } catch (error) {
    const { found, next } = diagnose(error, endpoint.model, endpoint.secrets);
    return {
      name,
      status: "warning",
      found: plainLine(`${titleOf(name)} could not be tried: ${found}`),
      next,
      effects: name === "tools" ? UNTRIED : [],
    };
  }
}

const titleOf = (name: CheckName) => (name === "tools" ? "Tools" : name === "caching" ? "The cache" : name);
