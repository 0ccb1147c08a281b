// Where mechanisms plug into a turn, and which chapter uses which place: its agent's extensions are asked. A mechanism
// belongs to the first chapter whose agent has it, so that s18 does not count for the task board of s12.
// Not covered: an extension that is there only when a flag or a plugin asks for it, and those of teammates alone (s15).
import { rmSync } from "node:fs";
import { Workspace, type Extension } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { CHAPTER_IDS, chapters, loadChapter } from "./chapters.ts";
import { table } from "./format.ts";

type Seam = Exclude<keyof Extension, "name" | "banner" | "order">;

const PURPOSES: Readonly<Record<Seam, string>> = {
  start: "beginning, or taking up what an earlier program left",
  beforePrompt: "a word before the user's, or a refusal",
  beforeModel: "speaking to the model, or shortening the conversation",
  systemPrompt: "what holds for the whole conversation",
  arrangeSections: "the order of the system prompt's sections",
  tools: "what the model can ask for",
  wrapModelCall: "counting, retrying, going on",
  wrapToolCall: "refusing a call, or changing its input or its result",
  beforeStop: "a word before the run ends",
  beforeCompaction: "a last word before a summary, or a refusal",
  isBusy: "work in the background that will want another run",
  commands: "showing state to the user, and changing it",
  status: "a word or two on the prompt line",
  stop: "leaving nothing behind",
};

/** The lines of the picture; a seam stands at the end of its line, with the chapters that use it. */
const TURN: readonly (readonly [text: string, seam?: Seam])[] = [
  ["the program starts", "start"],
  ["prompt ──► may be refused", "beforePrompt"],
  ["  │"],
  ["  │     wake: work in the background wants a run", "isBusy"],
  ["  ▼     ▼"],
  ["┌─► notes at the end, or an edit", "beforeModel"],
  ["│   nothing new since the last reply? ──► end of the run"],
  ["│   the prefix, once a conversation and after a summary:"],
  ["│     the system prompt, section by section", "systemPrompt"],
  ["│     their order", "arrangeSections"],
  ["│     definitions; each call asks for deferred ones", "tools"],
  ["│   ▼"],
  ["│   ( request ──► model ──► reply )", "wrapModelCall"],
  ["│   ├─ no calls ──► one more word? ─ no ─► end of the run", "beforeStop"],
  ["│   ▼ calls       └─ yes ─► back to the top"],
  ["│   each ( call ──► tool ──► result )", "wrapToolCall"],
  ["└── results appended: one turn is over"],
  ["before a summary takes the conversation's place", "beforeCompaction"],
  ["at the terminal: /name", "commands"],
  ["at the terminal: on the prompt line", "status"],
  ["the program ends", "stop"],
];
const TEXT_WIDTH = 58;
const NAME_WIDTH = 17;

/** The chapters whose own mechanisms have each seam, in the course's order. */
export async function chaptersBySeam(): Promise<ReadonlyMap<Seam, readonly string[]>> {
  const users = new Map<Seam, string[]>();
  const met = new Set<string>();
  for (const chapter of chapters) {
    const { createAgent } = await loadChapter(chapter);
    const folder = temporaryFolder();
    try {
      const own = createAgent(new Workspace(folder), {}).extensions.filter(({ name }) => !met.has(name));
      for (const seam of Object.keys(PURPOSES) as Seam[])
        if (own.some((extension) => extension[seam] !== undefined))
          users.set(seam, [...(users.get(seam) ?? []), chapter.id]);
      for (const { name } of own) met.add(name);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return users;
}

/** Each seam, what it is good for, and who uses it. */
export async function seamTable(): Promise<string> {
  const users = await chaptersBySeam();
  const rows = (Object.keys(PURPOSES) as Seam[]).map((seam) => [
    `\`${seam}\``,
    PURPOSES[seam],
    ranges(users.get(seam) ?? [], " to "),
  ]);
  return table(["place", "what it is good for", "used by"], rows);
}

/** One turn, from the prompt on, with each seam where the runtime calls it. */
export async function turnPicture(): Promise<string> {
  const users = await chaptersBySeam();
  const lines = TURN.map(([text, seam]) =>
    seam === undefined
      ? text
      : `${text.padEnd(TEXT_WIDTH)} ${seam.padEnd(NAME_WIDTH)}${ranges(users.get(seam) ?? [], "-")}`,
  );
  return ["```text", ...lines, "```"].join("\n");
}

/** s03, s04, s05, s07 as s03-s05, s07. */
export function ranges(ids: readonly string[], to: string): string {
  const places = ids.map((id) => CHAPTER_IDS.indexOf(id));
  const starts = places.filter((place) => !places.includes(place - 1));
  return starts
    .map((start) => {
      let end = start;
      while (places.includes(end + 1)) end++;
      const [first, last] = [CHAPTER_IDS[start], CHAPTER_IDS[end]];
      if (end === start) return first;
      return end === start + 1 ? `${first}, ${last}` : `${first}${to}${last}`;
    })
    .join(", ");
}
