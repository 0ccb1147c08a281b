// A script that fills the window: it has page after page printed until much more was printed than fits. A program may
// make room as it likes, so what it asks is told apart: the next page, or a summary.
import { say, think, type MessageRequest, type Part } from "@course/offline-model/test";
import { messagesOf, saidByUser, textIn } from "../evidence.ts";
import { NOTHING_MORE, type Script } from "../model.ts";
import type { RunPlan } from "../run.ts";

export const WINDOW_TOKENS = 12_000;
const CHARACTERS_PER_TOKEN = 4;
const PAGE_CHARACTERS = 7_000;
const MOST_PAGES = 40;
/** So much more than the window holds has to pass through it. */
const TIMES_THE_WINDOW = 2;
const ASKS_FOR_SUMMARY = /summar|compact|condens|compress|hand ?over|handoff/i;

export const GOAL = "osprey-314";
export const CLOSING = "I have read the pages, redshank.";
/** What the script notes of a request that lost something. */
export const LOST_GOAL = "a request without the words of the prompt";
export const LOST_RESULT = "a request without the output of the last call";

const markOf = (page: number) => `end of page ${page}.`;

function pageText(page: number): string {
  const lines = Array.from(
    { length: PAGE_CHARACTERS / 25 },
    (_, line) => `page ${page}, line ${line}: words`,
  );
  return `${lines.join("\n")}\n${markOf(page)}\n`;
}

/** `thinks` puts a thought before each call. */
export function pagesRun({ thinks = false } = {}): RunPlan {
  const pages = Array.from({ length: MOST_PAGES }, (_, index) => index + 1);
  return {
    prompt: `Read page-1.txt and the pages after it, one at a time. The code word is ${GOAL}: keep it in mind.`,
    files: Object.fromEntries(pages.map((page) => [`page-${page}.txt`, pageText(page)])),
    contextTokens: WINDOW_TOKENS,
    mostRequests: 200,
    seconds: 60,
    script: () => fillingScript(thinks),
  };
}

function fillingScript(thinks: boolean): Script {
  let page = 0;
  let printed = 0;
  let summaries = 0;
  return ({ request, tools, note }) => {
    const isSide = page > 0 && (tools.isEmpty || asksForSummary(request, summaries));
    if (isSide) {
      summaries += 1;
      return say(`${summaryMark(summaries)}: pages 1 to ${page} were read. The code word is ${GOAL}.`);
    }
    const said = saidByUser(request);
    if (page > 0) {
      if (!said.includes(GOAL)) note(LOST_GOAL);
      const result = lastResult(request);
      if (!said.includes(summaryMark(summaries)) && result === "") note(LOST_RESULT);
      printed += result.length;
    }
    if (page >= MOST_PAGES || printed > WINDOW_TOKENS * CHARACTERS_PER_TOKEN * TIMES_THE_WINDOW)
      return page > MOST_PAGES ? say(NOTHING_MORE) : finish();
    const next = tools.shell(`cat page-${page + 1}.txt`);
    page += 1;
    return withThought(thinks, next, page);
  };

  function finish(): Part {
    page = MOST_PAGES + 1;
    return say(CLOSING);
  }
}

function withThought(thinks: boolean, part: Part, page: number): Part | Part[] {
  return thinks ? [think(`Next comes page ${page}.`), part] : part;
}

const summaryMark = (number: number) => `SUMMARY-${number}`;

/** Whether the last words of the request are a question for a summary, and not the summary itself. */
function asksForSummary(request: MessageRequest, summaries: number): boolean {
  const last = messagesOf(request).at(-1)?.blocks.at(-1);
  if (last?.type !== "text") return false;
  const text = textIn([last]);
  return ASKS_FOR_SUMMARY.test(text) && !(summaries > 0 && text.includes(summaryMark(summaries)));
}

/** The results in the last message. */
function lastResult(request: MessageRequest): string {
  const blocks = messagesOf(request).at(-1)?.blocks ?? [];
  return blocks.flatMap((block) => (block.type === "tool_result" ? [textIn(block.content)] : [])).join("\n");
}
