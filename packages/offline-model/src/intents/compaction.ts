// A long conversation, and its summary (s06). Reading goes on from the last page that can be seen, in a
// result, in what is left of one, or in a summary.
import { intent, only, type Episode, type Intent, type Situation } from "../brain.ts";
import { call } from "../reply.ts";

const pageIn = (text: string) => Number([...text.matchAll(/page (\d+)/g)].at(-1)?.[1] ?? 0);

function* readPages({ match, notes }: Situation): Episode {
  const last = Number(match[1]);
  let page = Math.max(0, ...notes().map(pageIn));
  while (page < last) {
    const { text } = only(yield call("bash", { command: `seq -s ' ' -f 'page ${page + 1} line %g' 110` }));
    page = pageIn(text) || page + 1;
  }
  return `I have read ${page} pages.`;
}

function* compactNow({ has }: Situation): Episode {
  if (!has("compact")) return "I have no way to compact in this chapter.";
  yield call("compact", { focus: "what pwd printed" });
  return "I go on from the summary.";
}

/** A script cannot summarise, but it can list what was done. */
// eslint-disable-next-line require-yield
function* summarise({ conversation }: Situation): Episode {
  const done = conversation.flatMap(({ role, content }) => {
    if (role !== "assistant" || typeof content === "string") return [];
    return content.flatMap((block) =>
      block.type === "tool_use" ? [`${block.name} ${JSON.stringify(block.input).slice(0, 80)}`] : [],
    );
  });
  const before = conversation.map(({ content }) => pageIn(JSON.stringify(content)));
  return [
    `Done: ${done.length} tool calls. The last: ${done.slice(-3).join("; ") || "none"}.`,
    ...(Math.max(0, ...before) > 0 ? [`Read up to page ${Math.max(0, ...before)}.`] : []),
  ].join("\n");
}

export const compactionIntents: Intent[] = [
  intent(/^<summary-request>/, summarise),
  intent(/^read (\d+) pages/i, readPages, "Read 20 pages, one at a time"),
  intent(/^compact the conversation/i, compactNow, "Compact the conversation", "compact"),
];
