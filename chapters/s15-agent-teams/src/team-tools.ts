// What agents can do with a team: the lead starts teammates, and each of them can write to the others. Nobody reads
// mail by a tool: it is delivered.
import { defineTool, type Tool } from "@course/runtime";
import { renderRoster } from "./render-team.ts";
import type { Team } from "./team.ts";

export function spawnTeammate(team: Team): Tool {
  return defineTool({
    name: "spawn_teammate",
    description:
      "Starts a teammate with a name, a role and a conversation of its own, and returns at once. It knows nothing of yours but the prompt, and you see nothing of its work: what you are to know, it must send you. Its mail arrives by itself.",
    harness: true,
    input: (z) =>
      z.object({
        name: z.string().describe("Small letters, digits and dashes"),
        role: z.string().trim().min(1).max(200).describe("A few words, such as: reviewer of tests"),
        prompt: z.string().trim().min(1).describe("What to do, and what to send to whom"),
        ...team.spawnFields(z),
      }),
    async run({ name, role, prompt, ...options }) {
      await team.spawn({ name, role: role.replace(/\s+/g, " "), prompt, options });
      return `${name} is at work. What it sends you arrives by itself.`;
    },
  });
}

export function listTeammates(team: Team): Tool {
  return defineTool({
    name: "list_teammates",
    description: "Lists the teammates with role and state.",
    readOnly: true,
    harness: true,
    input: (z) => z.object({}),
    run: () => renderRoster(team.list()),
  });
}

/** `from` is whoever has the tool: nobody writes in another's name. */
export function sendMessage(team: Team, from: string): Tool {
  return defineTool({
    name: "send_message",
    description:
      "Sends a message to one member of the team, who reads it before their next step. For several, call it once for each.",
    harness: true,
    input: (z) =>
      z.object({
        to: z.string().describe('A teammate\'s name, or "lead"'),
        content: z.string().trim().min(1),
      }),
    async run({ to, content }) {
      await team.send(from, to, content);
      return `Sent to ${to}.`;
    },
  });
}
