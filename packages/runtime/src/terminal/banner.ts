import { homedir } from "node:os";
import type { Agent } from "../extension.ts";
import type { ModelClient } from "../conversation/model-client.ts";
import { toolsOf } from "../agent.ts";
import type { Workspace } from "../workspace/workspace.ts";
import type { Card } from "./chapter.ts";
import { errorMessage } from "../errors.ts";
import type { Mine } from "./mine.ts";
import { oneLine } from "./previews.ts";
import type { Screen } from "./screen.ts";
import { bold, cut, dim, joined, red, type Text } from "./text.ts";

const QUEUED_SHOWN = 3;

/** What a session begins with: the chapter, its tools, the model and why it was chosen, the folder. */
export function showBanner(
  card: Card,
  agent: Agent,
  model: ModelClient,
  workspace: Workspace,
  screen: Screen,
  mine?: Mine,
): void {
  const room = screen.width() - 8;
  const row = (name: string, value: Text) => screen.line(dim(name.padEnd(8)), value);
  screen.line(bold(`${agent.name} ${card.title}`), " ", dim(`· ${card.stage} · edition ${card.edition}`));
  screen.line(card.insight);
  screen.line("");
  const tools = toolsOf(agent).map((tool) => tool.name);
  const lines = joined(tools, room - 1);
  for (const [index, line] of lines.entries())
    row(index === 0 ? "tools" : "", index < lines.length - 1 ? `${line},` : line);
  row("model", cut(`${model.id} at ${model.endpoint} (${model.reason})`, room));
  if (model.isOffline) row("", dim("a script, not a language model: it knows this chapter's prompts"));
  for (const { banner } of agent.extensions) if (banner !== undefined) row("", dim(cut(banner, room)));
  if (mine) row("yours", cut(mine.chapters, room));
  row("folder", cut(workspace.root.replace(homedir(), "~"), room));
  screen.line("");
}

export function showPrompts(card: Card, screen: Screen): void {
  screen.line(dim("Type a number to run one of these, or your own words. /help lists commands."));
  const digits = String(card.tryIt.length).length;
  for (const [index, { prompt, flags = [], before = [] }] of card.tryIt.entries()) {
    const needs = [
      ...(flags.length > 0 ? [`with ${flags.join(" ")}`] : []),
      ...(before.length > 0 ? [`after: ${before.join(", then ")}`] : []),
    ];
    const start = needs.length > 0 ? ` (${needs.join("; ")})` : "";
    const lines = joined(`${prompt}${start}`.split(" "), screen.width() - digits - 4, " ");
    for (const [at, line] of lines.entries())
      screen.line(`  ${(at === 0 ? String(index + 1) : "").padStart(digits)}  ${line}`);
  }
}

/** What the extensions say of themselves, for the prompt. One that throws is named, and left out. */
export function statusLabel({ extensions }: Agent, screen: Screen): Text {
  const statuses = extensions.flatMap((extension) => {
    try {
      return extension.status?.() ?? [];
    } catch (error) {
      screen.line(red(`${extension.name} has no status: ${errorMessage(error)}`));
      return [];
    }
  });
  const status = cut(oneLine(statuses.join(", ")), screen.width() / 2);
  return dim(status === "" ? "" : ` (${status})`);
}

/** Lines that were typed during a run and are still to be served. */
export function queuedNotes(queue: readonly { text: string }[], width: number): Text[] {
  const shown = queue.slice(0, QUEUED_SHOWN);
  const more = queue.length - shown.length;
  return [
    ...shown.map(({ text }) => dim(`  queued: ${cut(oneLine(text), width - 12)}`)),
    ...(more > 0 ? [dim(`  … ${more} more`)] : []),
  ];
}
