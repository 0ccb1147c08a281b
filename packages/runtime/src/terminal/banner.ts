import { homedir } from "node:os";
import type { Agent } from "../extension.ts";
import type { ModelClient } from "../conversation/model-client.ts";
import { toolsOf } from "../agent.ts";
import type { Workspace } from "../workspace/workspace.ts";
import type { Card } from "./chapter.ts";
import { cut, type Screen } from "./style.ts";

/** What a session begins with: the chapter, its tools, the model and why it was chosen, the folder. */
export function banner(
  card: Card,
  agent: Agent,
  model: ModelClient,
  workspace: Workspace,
  screen: Screen,
): string {
  const { bold, dim } = screen.colors;
  const width = screen.width();
  const row = (name: string, value: string) => `${dim(name.padEnd(8))}${value}`;
  return [
    `${bold(`${agent.name} ${card.title}`)} ${dim(`· ${card.stage} · edition ${card.edition}`)}`,
    card.insight,
    "",
    ...wrapped(
      toolsOf(agent).map((tool) => tool.name),
      width - 8,
    ).map((line, index) => row(index === 0 ? "tools" : "", line)),
    row("model", cut(`${model.id} at ${model.endpoint} (${model.reason})`, width - 8)),
    ...(model.isOffline
      ? [row("", dim("a script, not a language model: it knows this chapter's prompts"))]
      : []),
    row("folder", cut(workspace.root.replace(homedir(), "~"), width - 8)),
  ].join("\n");
}

export function promptList(card: Card, screen: Screen): string {
  const { dim } = screen.colors;
  const rows = card.tryIt.map(({ prompt, flags = [], before = [] }, index) => {
    const needs = [
      ...(flags.length > 0 ? [`started with ${flags.join(" ")}`] : []),
      ...before.map((line) => `after: ${line}`),
    ];
    const start = needs.length > 0 ? ` (${needs.join("; ")})` : "";
    const [first = "", ...rest] = wrapped(`${prompt}${start}`.split(" "), screen.width() - 5, " ");
    return [`  ${String(index + 1).padStart(1)}  ${first}`, ...rest.map((line) => `     ${line}`)].join("\n");
  });
  return [dim("Type a number to run one of these, or your own words. /help lists commands."), ...rows].join(
    "\n",
  );
}

/** Joins words into lines of at most `width` characters. */
function wrapped(words: readonly string[], width: number, separator = ", "): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + separator.length + word.length <= width)
      lines[lines.length - 1] = last + separator + word;
    else lines.push(word);
  }
  return lines;
}
