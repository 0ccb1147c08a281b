// npm run beside s12 s13 -- 5: one prompt through two chapters at once, beside each other, on the offline model.
// The number is a prompt of the second chapter; words are a prompt of their own. --text: one after the other.
import picocolors from "picocolors";
import { Columns } from "@course/replay";
import { asText, setBeside, type StageTrack } from "./lib/beside.ts";
import { findChapter, runScript } from "./lib/chapters.ts";
import { commandLine } from "./lib/command-line.ts";

const FRAME_MS = 100;
const USAGE = 'Name two chapters and a prompt, as in: npm run beside s12 s13 -- 5, or -- "Run pwd"';

void runScript(async () => {
  const { values, positionals } = commandLine(
    import.meta.filename,
    { text: { type: "boolean", default: false } },
    { words: Infinity },
  );
  const [before, after] = [findChapter(positionals[0]).id, findChapter(positionals[1]).id];
  const prompt = positionals.slice(2).join(" ");
  if (prompt === "") throw new Error(USAGE);
  const tracks = await setBeside([before, after], prompt);
  const end = () => Promise.all(tracks.map(({ stage }) => stage.strike()));
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)
    process.once(signal, () => void end().then(() => process.exit(code)));
  try {
    const isLive = process.stdout.isTTY && process.env["TERM"] !== "dumb" && !values.text;
    const asked = tracks[1].stage.entry.prompt;
    await (isLive ? inColumns(tracks, asked) : oneAfterTheOther(tracks, asked));
  } finally {
    await end();
  }
});

async function inColumns(tracks: readonly [StageTrack, StageTrack], asked: string): Promise<void> {
  const columns = new Columns(tracks, {
    width: Math.max(60, process.stdout.columns || 80),
    colors: picocolors.createColors(!process.env["NO_COLOR"]),
    write: (text) => void process.stdout.write(text),
  });
  columns.head(asked);
  const start = Date.now();
  const frames = setInterval(() => columns.show(Date.now() - start), FRAME_MS);
  await Promise.all(tracks.map((track) => track.run()));
  clearInterval(frames);
  columns.show(Infinity);
  columns.foot();
}

async function oneAfterTheOther(tracks: readonly [StageTrack, StageTrack], asked: string): Promise<void> {
  console.log(`${asked}\n`);
  await Promise.all(tracks.map((track) => track.run()));
  console.log(tracks.map((track) => asText(track, (at) => (at / 1000).toFixed(1))).join("\n\n"));
}
