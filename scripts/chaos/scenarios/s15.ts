// A lead with one teammate, who sends two messages and rests. What is told is mail.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { call, say, type MessageRequest } from "@course/offline-model/test";
import { openSession } from "@course/runtime/testing";
import { Mailbox } from "@course/s15-agent-teams";
import { createAgent } from "../../../chapters/s15-agent-teams/src/agent.ts";
import { count, newsIn, textsOf } from "../asked.ts";
import type { Life, Lived, Scenario, Told } from "../scenario.ts";

const MESSAGES = ["The first finding.", "The second finding."];
const LATE = "One more.";
const SPAWNED = "ada is at work";

export const scenario: Scenario = {
  about: "starts a teammate, who sends two messages, and reads them",
  tells: true,
  respond(request) {
    const news = newsIn(request);
    if (news.includes("Ask ada."))
      return call("spawn_teammate", { name: "ada", role: "reviewer", prompt: "Look, and tell the lead." });
    if (news.includes("Look, and tell the lead."))
      return MESSAGES.map((content) => call("send_message", { to: "lead", content }));
    return say("Well.");
  },
  async first(life) {
    const { run, runUntilIdle, close } = await open(life);
    await run("Ask ada.");
    await runUntilIdle();
    await close();
  },
  async next(life) {
    const { run, runUntilIdle, close, workspace } = await open(life);
    await run("What is new?");
    await runUntilIdle();
    // A lock that a dead program left must keep nobody from writing.
    await new Mailbox(workspace, "lead").put("ada", LATE);
    await close();
  },
  judge(folder, first, next) {
    const sent = count(textsIn(first, isAdas), "Sent to lead.");
    const [before, after] = [textsIn(first, isLeads), textsIn(next, isLeads)];
    const inbox = join(folder, ".team/inbox/lead.jsonl");
    const lines = existsSync(inbox) ? readFileSync(inbox, "utf8").split("\n") : [];
    const faults: string[] = [];
    const told = MESSAGES.flatMap((content, index): Told[] => {
      const isThere = lines.some((line) => line.includes(content));
      if (!isThere && index < sent) faults.push(`message ${index + 1} was sent, and is not in the inbox`);
      if (!isThere) return [];
      const times = count(before, content) + count(after, content);
      if (times > 1) faults.push(`message ${index + 1} was told ${times} times`);
      const isRead = cursorOf(folder) >= lines.join("\n").indexOf(content);
      if (times === 0 && !isRead) faults.push(`message ${index + 1} was never told`);
      return [
        { name: `message ${index + 1}`, times, ...(times === 0 && isRead && { excuse: "taken, not told" }) },
      ];
    });
    faults.push(...faultsOfTeam(folder, before));
    if (!lines.some((line) => line.includes(LATE))) faults.push("nobody can write to the lead any more");
    const mail = lines.filter((line) => line !== "" && !line.includes(LATE)).length;
    return { stands: `${mail} lines of mail`, told, faults };
  },
};

/** Whoever is on the team has stopped, and nothing lies about. */
function faultsOfTeam(folder: string, before: string): string[] {
  const config = join(folder, ".team/config.json");
  if (!existsSync(config)) return before.includes(SPAWNED) ? ["the team is not on disk"] : [];
  const { members } = JSON.parse(readFileSync(config, "utf8")) as {
    members: { name: string; state: string }[];
  };
  const left = [".team", ".team/inbox"].flatMap((place) =>
    readdirSync(join(folder, place)).flatMap((name) =>
      /\.tmp$|\.lock/.test(name) ? [`left: ${place}/${name}`] : [],
    ),
  );
  return [
    ...members.flatMap(({ name, state }) => (state === "stopped" ? [] : [`${name} is ${state} for ever`])),
    ...(before.includes(SPAWNED) && members.length === 0 ? ["ada was started, and is not on the list"] : []),
    ...left,
  ];
}

const isAdas = ({ messages }: MessageRequest) => JSON.stringify(messages[0]).includes("Look, and tell");
const isLeads = (request: MessageRequest) => !isAdas(request);

function textsIn({ requests }: Lived, whose: (request: MessageRequest) => boolean): string {
  return textsOf(requests.filter(whose).at(-1)).join("\n");
}

function cursorOf(folder: string): number {
  const file = join(folder, ".team/inbox/lead.cursor");
  return existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
}

function open({ folder, url }: Life) {
  const model = { start: () => Promise.resolve(url), close: () => Promise.resolve() };
  return openSession((workspace) => createAgent(workspace), model, folder);
}
