// The tools of whole.mjs.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { breaks } from "./arguments.mjs";

const MOST_CHARACTERS = 9_000;
const root = process.cwd();
const text = { type: "string" };
const tool = (name, description, properties) => ({
  name,
  description,
  input_schema: { type: "object", properties, required: Object.keys(properties) },
});

export const tools = [
  tool("run", "Runs a command.", { command: text }),
  tool("start", "Runs a command in the background.", { command: text }),
  tool("read", "Reads a file.", { path: text }),
  tool("write", "Writes a file.", { path: text, content: text }),
  tool("edit", "Changes a file.", { path: text, old_text: text, new_text: text }),
];

/** One result for one call, whatever goes wrong. */
export async function runTool({ id, name, input }) {
  const answer = (content, isError = false) => ({
    type: "tool_result",
    tool_use_id: id,
    content: breaks("uncut") ? content : content.slice(-MOST_CHARACTERS),
    ...(isError && { is_error: true }),
  });
  const field = tools.find((one) => one.name === name)?.input_schema.required;
  if (!field) return breaks("unknown") ? answer("ok") : answer(`There is no tool ${name}.`, true);
  if (field.some((key) => typeof input[key] !== "string"))
    return breaks("misfit") ? answer("ok") : answer("A field is missing.", true);
  try {
    return answer(await { run, start, read, write, edit }[name](input));
  } catch (error) {
    return breaks("fine") ? answer("ok") : answer(error.message, true);
  }
}

async function run({ command }) {
  while (breaks("waits-to-run") && tasks.size > 0) await delay(20);
  const shell = () => spawnSync(command, { shell: true, encoding: "utf8", maxBuffer: 1e8 });
  if (breaks("runs-twice")) shell();
  const { stdout, stderr, status } = shell();
  if (breaks("no-output")) return "ok";
  return breaks("stdout-alone") ? stdout : `${stdout}${stderr}[exit code ${status}]`;
}

function inside(path) {
  const whole = resolve(root, path);
  if (breaks("no-guard")) return whole;
  if (!`${whole}${sep}`.startsWith(`${root}${sep}`)) throw new Error(`${path} is outside.`);
  if (breaks("no-link-guard")) return whole;
  for (let folder = whole; folder !== root; folder = dirname(folder)) {
    const real = realOf(folder);
    if (real !== undefined && !`${real}${sep}`.startsWith(`${root}${sep}`))
      throw new Error(`${path} is outside.`);
  }
  return whole;
}

function realOf(path) {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function read({ path }) {
  const whole = readFileSync(breaks("reads-outside") ? join(root, path) : inside(path), "utf8");
  return breaks("first-line") ? (whole.split("\n")[0] ?? "") : whole;
}

function write({ path, content }) {
  const file = inside(path);
  if (!breaks("no-mkdir")) mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, breaks("adds-newline") ? `${content}\n` : content);
  return "Written.";
}

function edit({ path, old_text: before, new_text: after }) {
  const content = readFileSync(inside(path), "utf8");
  const times = content.split(before).length - 1;
  if (times === 0) throw new Error("The text was not found.");
  if (times > 1 && !breaks("first-of-two")) throw new Error(`The text occurs ${times} times.`);
  writeFileSync(inside(path), content.replace(before, breaks("dollars") ? after : () => after));
  return "Changed.";
}

/** Tasks that run, and what has ended. */
const tasks = new Map();
const ended = [];
let last = Promise.resolve();

export const taskCount = () => tasks.size + ended.length;

async function start({ command }) {
  const before = last;
  const work = breaks("in-a-row") ? before.then(() => begin(command)) : begin(command);
  last = work;
  if (breaks("waits-in-start")) await work;
  return "Started.";
}

function begin(command) {
  const child = spawn(command, { shell: true, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  return new Promise((done) => {
    tasks.set(child.pid, done);
    child.once("close", (code) => {
      tasks.delete(child.pid);
      if (!breaks("leaves-grandchildren")) endGroup(child.pid);
      ended.push(breaks("no-code") ? output : `${output}[exit code ${code}]`);
      done();
    });
  });
}

/** What has ended, once something has; nothing where it is not told. */
export async function nextEnded() {
  while (ended.length === 0) await delay(20);
  const told = ended.splice(0).join("\n");
  return breaks("never-tells") ? "" : `<results>\n${told}\n</results>`;
}

export function endTasks() {
  for (const pid of tasks.keys()) endGroup(pid);
}

function endGroup(pid) {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Nothing is left of it.
  }
}
