// Requests and answers as tools: three for the lead, two for each teammate. `from` is whoever has the tool.
import { defineTool, type Tool } from "@course/runtime";
import type { Protocols } from "./protocols.ts";
import { renderRequests } from "./render-requests.ts";

/** What fits into a message (s15) with what stands around it. */
const MOST_CHARACTERS = 15_000;

/** The protocols, once the team is there. */
type Started = () => Protocols;

export function requestShutdown(started: Started): Tool {
  return defineTool({
    name: "request_shutdown",
    description:
      "Asks a teammate to stop. It finishes what it has in hand and then agrees, or says why not; its answer arrives as mail.",
    harness: true,
    input: (z) => z.object({ teammate: z.string() }),
    async run({ teammate }) {
      const { id } = await started().requestShutdown(teammate);
      return `${id}: ${teammate} is asked to stop.`;
    },
  });
}

export function reviewPlan(started: Started): Tool {
  return defineTool({
    name: "review_plan",
    description: "Approves or rejects a teammate's plan. Only after a yes does it have tools that write.",
    harness: true,
    input: (z) =>
      z.object({
        request_id: z.string().describe("As in the mail: req_1"),
        approve: z.boolean(),
        feedback: z
          .string()
          .trim()
          .max(MOST_CHARACTERS)
          .optional()
          .describe("What to change, if it is rejected"),
      }),
    async run({ request_id, approve, feedback }) {
      const { id, from, status } = await started().reviewPlan(request_id, approve, feedback);
      return `${id} is ${status}; ${from} is told.`;
    },
  });
}

export function listRequests(started: Started): Tool {
  return defineTool({
    name: "list_requests",
    description: "Lists requests between you and your teammates, and what came of them.",
    readOnly: true,
    harness: true,
    input: (z) => z.object({}),
    run: () => renderRequests(started().book.list()),
  });
}

export function respondShutdown(started: Started, from: string): Tool {
  return defineTool({
    name: "respond_shutdown",
    description:
      "Answers a request to stop. After a yes you end with this turn: send what is left to send before.",
    harness: true,
    input: (z) =>
      z.object({
        request_id: z.string(),
        approve: z.boolean(),
        reason: z.string().trim().max(MOST_CHARACTERS).optional().describe("Why not, if you go on"),
      }),
    async run({ request_id, approve, reason }) {
      const { id, status } = await started().respondShutdown(from, request_id, approve, reason);
      return `${id} is ${status}; the lead is told.`;
    },
  });
}

export function submitPlan(started: Started, from: string): Tool {
  return defineTool({
    name: "submit_plan",
    description: "Puts a plan before the lead. The answer arrives as mail: end your turn until then.",
    harness: true,
    input: (z) =>
      z.object({
        plan: z.string().trim().min(1).max(MOST_CHARACTERS).describe("What you would change, file by file"),
      }),
    async run({ plan }) {
      const { id } = await started().submitPlan(from, plan);
      return `${id} is submitted.`;
    },
  });
}
