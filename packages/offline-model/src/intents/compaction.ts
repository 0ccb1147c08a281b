// A long conversation, and its summary (s06). Reading goes on from the last page that can be seen, in a
// result, in what is left of one, or in a summary.
import { failed, intent, only, type Episode, type Intent, type Situation } from "../episode.ts";
import { call } from "../reply.ts";
import { summaryOf } from "./summary.ts";

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

function* compactNow({ has, match }: Situation): Episode {
  if (!has("compact")) return failed("I have no way to compact in this chapter.");
  const focus = match[1]?.replace(/[.!]$/, "");
  const { text, isError } = only(yield call("compact", focus === undefined ? {} : { focus }));
  return isError ? failed(text) : "I go on from the summary.";
}

// eslint-disable-next-line require-yield
function* summarise({ conversation, prompt }: Situation): Episode {
  const pages = Math.max(0, ...conversation.map(({ content }) => pageIn(JSON.stringify(content))));
  const focus = /^Above all, keep: (.+)$/m.exec(prompt)?.[1];
  const summary = summaryOf(conversation, focus);
  return pages > 0 ? `${summary}\nRead up to page ${pages}.` : summary;
}

export const compactionIntents: Intent[] = [
  intent(/^<summary-request>/, summarise),
  intent(/^read (\d+) pages/i, readPages, "Read 20 pages, one at a time", "compact"),
  intent(
    /^compact (?:the|this|our) conversation(?:.*?\b(?:keep|keeping|remember) (.+))?/is,
    compactNow,
    "Compact the conversation, and keep what pwd printed",
    "compact",
  ),
];
