// Tools and thoughts: a call and its result, several calls at once, and thoughts that come and go back.
import { traitsOf } from "../../packages/runtime/src/index.ts";
import { plainLine, type Check } from "./check.ts";
import type { Endpoint } from "./endpoint.ts";
import { wordsOf } from "./failures.ts";
import { readFiles, type Reading } from "./read-files.ts";

export async function checkTools(endpoint: Endpoint): Promise<{ checks: Check[]; calls: boolean }> {
  const one = await readFiles(endpoint, ["heron.txt"]);
  const tools = checkCall(one, endpoint);
  if (tools.status === "failed") return { checks: [tools, ...checkThoughts([one], endpoint)], calls: false };
  const both = await readFiles(endpoint, ["heron.txt", "crane.txt"]);
  return {
    checks: [tools, checkSeveral(both, endpoint), ...checkThoughts([one, both], endpoint)],
    calls: true,
  };
}

function checkCall({ calls, said, hasRead, refusal }: Reading, { model, secrets }: Endpoint): Check {
  const failed = (found: string, next: string): Check => ({ name: "tools", status: "failed", found, next });
  const another = "Take a model that calls tools: without them there is no agent.";
  if (refusal !== undefined && calls === 0)
    return failed(`${model.endpoint} refuses tools (${wordsOf(refusal, secrets)})`, another);
  if (calls === 0) return failed(`The model calls no tool; it says: ${plainLine(said, secrets)}`, another);
  if (refusal !== undefined)
    return failed(
      `A tool is called, and its result refused (${wordsOf(refusal, secrets)})`,
      "Take another endpoint: results have to go back.",
    );
  if (hasRead) return { name: "tools", status: "ok", found: "A tool is called, and its result is read" };
  return {
    name: "tools",
    status: "warning",
    found: `A tool is called, but the answer does not name its result: ${plainLine(said, secrets)}`,
    next: "Expect weak answers; a larger model may do better.",
  };
}

function checkSeveral({ calls, refusal }: Reading, { secrets }: Endpoint): Check {
  if (refusal !== undefined)
    return {
      name: "several",
      status: "failed",
      found: `Several results in one message are refused (${wordsOf(refusal, secrets)})`,
      next: "Take another endpoint: a model may call several tools at once.",
      effects: [{ chapters: "all", stops: true, missing: "several results cannot go back at once" }],
    };
  if (calls > 1) return { name: "several", status: "ok", found: "Several tools are called at once" };
  return {
    name: "several",
    status: "warning",
    found: "Tools are called one at a time, though two were asked for",
    next: "Nothing to mend: runs take more turns.",
  };
}

function checkThoughts(readings: readonly Reading[], { model, secrets }: Endpoint): Check[] {
  const refusal = readings.find(({ thoughtRefusal }) => thoughtRefusal !== undefined)?.thoughtRefusal;
  const thinks = readings.some((reading) => reading.thinks);
  const isAsked = traitsOf(model.id).thinking !== undefined;
  if (refusal !== undefined)
    return [
      {
        name: "thinking",
        status: "failed",
        found: `${thinks ? "Thoughts come, and are refused when they go back" : "A request for thoughts is refused"} (${wordsOf(refusal, secrets)})`,
        next: "Take another model or endpoint: the chapters ask for thoughts, and send back what comes.",
      },
    ];
  if (thinks)
    return [{ name: "thinking", status: "ok", found: "Thoughts come, and are taken when they go back" }];
  if (readings.some((reading) => reading.refusal !== undefined))
    return [{ name: "thinking", status: "skipped", found: "Thinking was not tried" }];
  const why = isAsked ? "though they were asked for" : "and the chapters do not ask this model for them";
  return [
    {
      name: "thinking",
      status: "warning",
      found: `No thoughts came, ${why}`,
      next: "Nothing to mend: a model that does not show its thoughts works, too.",
    },
  ];
}
