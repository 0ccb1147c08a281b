// The second thread of --mine (watchdog.ts). It must not need the first one for anything.
import { spawnSync } from "node:child_process";
import { constants, openSync, readSync, writeSync } from "node:fs";
import { Session } from "node:inspector";
import { SourceMap } from "node:module";
import { workerData as beats } from "node:worker_threads";

const LOOK_MS = 250;
const BUSY_MS = 3_000;
/** Without a terminal nobody can press a key. */
const ALONE_MS = 10_000;
const CTRL_C = 3;

let last = -1;
let since = Date.now();
/** @type {{ fd: number, mode: string } | undefined} */
let terminal;
let isTold = false;
let place = "";

setInterval(look, LOOK_MS);

function look() {
  const now = Atomics.load(beats, 0);
  if (now !== last) {
    last = now;
    since = Date.now();
    if (isTold) goOn();
    return;
  }
  const busyMs = Date.now() - since;
  if (busyMs < BUSY_MS) return;
  if (!isTold) tell();
  if (terminal ? isCtrlC(terminal.fd) : busyMs > ALONE_MS) end();
}

function tell() {
  isTold = true;
  terminal = openTerminal();
  locate((found) => {
    place = found;
    say(`Your code has kept the program busy for ${BUSY_MS / 1000} s${place}`);
    if (terminal) say("Ctrl-C ends the program.");
  });
}

function goOn() {
  isTold = false;
  if (terminal) stty(terminal.fd, terminal.mode);
}

function end() {
  say(`Ended: your code did not come back${place}`);
  if (terminal) {
    // What the program had asked of the terminal: pasted text in marks, no cursor, keys one by one.
    writeSync(terminal.fd, "\x1b[?2004l\x1b[?25h");
    stty(terminal.fd, "sane");
  }
  process.kill(process.pid, "SIGKILL");
}

function say(text) {
  writeSync(2, `\r\n${text}\r\n`);
}

/** Calls back with where the first thread is, as words. All is asked at once: between two questions it may not listen. */
function locate(callBack) {
  const session = new Session();
  const scripts = new Map();
  const timer = setTimeout(() => callBack(""), 2_000);
  session.connectToMainThread();
  session.on("Debugger.scriptParsed", ({ params }) => scripts.set(params.scriptId, params));
  session.on("Debugger.paused", ({ params: { callFrames } }) => {
    clearTimeout(timer);
    const frames = callFrames.map((frame) => ({ frame, script: scripts.get(frame.location.scriptId) }));
    const theirs = frames.find(({ script }) => script?.url.includes("/practice/"));
    session.post("Debugger.resume");
    callBack(theirs ? `, in ${theirs.frame.functionName}:\r\n  ${lineOf(theirs)}` : "");
  });
  session.post("Debugger.enable");
  session.post("Debugger.pause");
}

function lineOf({ frame: { location }, script: { url, sourceMapURL = "" } }) {
  const path = url.slice(url.lastIndexOf("/practice/") + 1).split("?", 1)[0];
  const [, data] = /^data:[^,]*;base64,(.*)$/.exec(sourceMapURL) ?? [];
  // Node's own type stripping leaves lines where they are, and needs no map.
  if (data === undefined) return `${path}:${location.lineNumber + 1}`;
  const map = new SourceMap(JSON.parse(Buffer.from(data, "base64").toString("utf8")));
  const { originalLine } = map.findEntry(location.lineNumber, location.columnNumber ?? 0);
  return originalLine === undefined ? path : `${path}:${originalLine + 1}`;
}

function openTerminal() {
  try {
    const fd = openSync("/dev/tty", constants.O_RDWR | constants.O_NONBLOCK);
    const mode = stty(fd, "-g").trim();
    // In either mode Ctrl-C is a key then, and no signal, which only the first thread could take.
    stty(fd, "-isig", "-icanon", "-echo", "min", "0");
    return { fd, mode };
  } catch {
    return undefined;
  }
}

function stty(fd, ...args) {
  return spawnSync("stty", args, { stdio: [fd, "pipe", "ignore"] }).stdout?.toString() ?? "";
}

function isCtrlC(fd) {
  const keys = Buffer.alloc(64);
  try {
    return keys.subarray(0, readSync(fd, keys)).includes(CTRL_C);
  } catch {
    // No key was pressed.
    return false;
  }
}
