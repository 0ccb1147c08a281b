// Runs inside the box: takes lines as JSON, one each, runs them in fresh files and tells what happened.
import { spawn } from "node:child_process";
import { cpSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createInterface } from "node:readline";

const PLACES = ["project", "outside", "home", "etc", "tmp"];
const TIMEOUT_MS = 1_500;
const MOST_OUTPUT = 200_000;
const env = { PATH: "/usr/bin", HOME: "/home/u", USER: "u", LANG: "C.UTF-8", GIT_CONFIG_NOSYSTEM: "1" };

function fresh() {
  for (const place of PLACES) {
    mkdirSync(`/${place}`, { recursive: true });
    for (const name of readdirSync(`/${place}`))
      rmSync(`/${place}/${name}`, { recursive: true, force: true });
    cpSync(`/files/${place}`, `/${place}`, {
      recursive: true,
      verbatimSymlinks: true,
      preserveTimestamps: true,
    });
  }
}

/** Each file by its path, with what changes when it does. */
function snapshot(folder, found = new Map()) {
  for (const name of readdirSync(folder)) {
    const path = `${folder}/${name}`;
    const stats = lstatSync(path);
    if (stats.isDirectory()) snapshot(path, found.set(path, `folder ${stats.mode}`));
    else found.set(path, `${stats.mode} ${stats.size} ${stats.mtimeMs} ${stats.ino}`);
  }
  return found;
}

const everything = () => PLACES.reduce((found, place) => snapshot(`/${place}`, found), new Map());

function changes(before, after) {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((path) => before.get(path) !== after.get(path));
}

/** What was started, as lists of words. */
function started() {
  return readdirSync("/log").flatMap((name) => {
    const records = readFileSync(`/log/${name}`, "utf8").split("\x1e\x1f");
    rmSync(`/log/${name}`);
    return records.filter(Boolean).map((record) => record.split("\x1f").slice(0, -1));
  });
}

function run(line) {
  return new Promise((resolve) => {
    // As the course's own shell does it.
    const child = spawn("/real/bash", ["-c", `exec 2>&1\n${line}`], {
      cwd: "/project",
      env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const add = (chunk) => void (output.length < MOST_OUTPUT && (output += chunk));
    child.stdout.on("data", add);
    child.stderr.on("data", add);
    const end = () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      } catch {
        // It has ended.
      }
    };
    const timer = setTimeout(end, TIMEOUT_MS);
    child.on("error", () => resolve(output));
    child.on("exit", () => setTimeout(end, 5));
    child.on("close", () => {
      clearTimeout(timer);
      end();
      resolve(output);
    });
  });
}

fresh();
let before = everything();
process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
for await (const text of createInterface({ input: process.stdin })) {
  const output = await run(JSON.parse(text).line);
  const changed = changes(before, everything());
  process.stdout.write(`${JSON.stringify({ output, changed, started: started() })}\n`);
  if (changed.length > 0) {
    fresh();
    before = everything();
  }
}
