// npm run bench: what the harness costs, as ratios from one run. npm run bench loop: one figure.
// --json prints rows as JSON; --save keeps them for docs/performance.md. Exit code 1 if a figure
// misses its aim by more than a quarter.
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { burst, lanes, memory, responsiveness, spawned } from "./bench/background.ts";
import { evaluate, formatValue, type Row, type SavedRun } from "./bench/figure.ts";
import { growth, loop } from "./bench/loop.ts";
import { start, tokens, tools } from "./bench/program.ts";
import { ROOT, runScript } from "./lib/chapters.ts";

const FIGURES = [memory, loop, growth, tools, tokens, start, lanes, spawned, burst, responsiveness];

await runScript(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: "boolean" }, save: { type: "boolean" } },
  });
  const unknown = positionals.find((name) => FIGURES.every((figure) => figure.name !== name));
  if (unknown !== undefined)
    throw new Error(
      `There is no figure "${unknown}". There are: ${FIGURES.map(({ name }) => name).join(", ")}.`,
    );
  const rows: Row[] = [];
  for (const figure of FIGURES) {
    if (positionals.length > 0 && !positionals.includes(figure.name)) continue;
    const row = await evaluate(figure);
    rows.push(row);
    if (values.json) continue;
    const spread = row.spread.map((value) => formatValue(value, row.unit)).join(" to ");
    console.log(
      `${row.name.padEnd(15)}${formatValue(row.value, row.unit).padStart(8)}  aim ${formatValue(row.aim, row.unit).padEnd(8)}${row.verdict}`,
    );
    console.log(`${"".padEnd(15)}${row.question}\n${"".padEnd(15)}middle half ${spread}; ${row.context}`);
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
