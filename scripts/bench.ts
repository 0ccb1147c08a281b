// npm run bench: what the harness costs, as ratios from one run. npm run bench loop: one figure.
// --json prints rows as JSON; --save keeps them for docs/performance.md. Exit code 1 if a figure
// misses its aim by more than a quarter.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { burst, lanes, memory, responsiveness, spawned } from "./bench/background.ts";
import { evaluate, formatValue, type Row, type SavedRun } from "./bench/figure.ts";
import { growth, loop } from "./bench/loop.ts";
import { peer } from "./bench/peer.ts";
import { inspector, player, scrub } from "./bench/player.ts";
import { start, startFull, tokens, tools } from "./bench/program.ts";
import { remoteGrowth, remoteLanes } from "./bench/remote-lanes.ts";
import { ROOT, runScript } from "./lib/chapters.ts";
import { commandLine } from "./lib/command-line.ts";

const FIGURES = [
  memory,
  loop,
  peer,
  growth,
  tools,
  tokens,
  start,
  startFull,
  lanes,
  spawned,
  burst,
  responsiveness,
  remoteLanes,
  remoteGrowth,
  inspector,
  player,
  scrub,
];

void runScript(async () => {
  const { values, positionals } = commandLine(
    import.meta.filename,
    { json: { type: "boolean" }, save: { type: "boolean" } },
    { words: Infinity },
  );
  const unknown = positionals.find((name) => FIGURES.every((figure) => figure.name !== name));
  if (unknown !== undefined)
    throw new Error(
      `There is no figure "${unknown}". There are: ${FIGURES.map(({ name }) => name).join(", ")}.`,
    );
  const chosen = FIGURES.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const rows: Row[] = [];
  for (const figure of chosen) {
    const obstacle = figure.obstacle?.(positionals.includes(figure.name));
    if (obstacle !== undefined) {
      console.error(`${figure.name.padEnd(15)}not measured: ${obstacle}`);
      continue;
    }
    // Each in a process of its own: what one leaves in memory must not slow the next.
    const row = chosen.length === 1 ? await evaluate(figure) : measureApart(figure.name);
    rows.push(row);
    if (!values.json) console.log(describe(row));
  }
  const saved: SavedRun = { node: process.version, platform: process.platform, cores: cpus().length, rows };
  if (values.json) console.log(JSON.stringify(saved, null, 2));
  if (values.save) {
    writeFileSync(join(ROOT, "docs/performance.json"), `${JSON.stringify(saved, null, 2)}\n`);
    console.log("Saved to docs/performance.json; npm run docs writes the table.");
  }
  if (rows.some(({ verdict }) => verdict === "missed by more than a quarter")) process.exitCode = 1;
});
// Servers and terminals of the figures may linger.
process.exit();

function measureApart(name: string): Row {
  const args = [...process.execArgv, import.meta.filename, name, "--json"];
  const { stdout } = spawnSync(process.execPath, args, {
    cwd: ROOT,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (stdout === "") throw new Error(`The figure ${name} failed; its error stands above.`);
  const [row] = (JSON.parse(stdout) as SavedRun).rows;
  if (!row) throw new Error(`The figure ${name} gave no row.`);
  return row;
}

function describe({ name, value, unit, aim, verdict, question, spread, context }: Row): string {
  const margin = " ".repeat(15);
  const edges = spread.map((edge) => formatValue(edge, unit)).join(" to ");
  const head = `${name.padEnd(15)}${formatValue(value, unit).padStart(8)}  aim ${formatValue(aim, unit).padEnd(8)}${verdict}`;
  return `${head}\n${margin}${question}\n${margin}middle half ${edges}\n${margin}${context}`;
}
