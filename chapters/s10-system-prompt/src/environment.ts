// What changes between runs (the date, the folder, git's branch and status, the permission mode) is not in the system
// prompt: a run begins with a note of what is new, and what came before stays as it was.
// Not covered: changes during a run; the model sees those in its own results.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { blocksOf, type Agent, type Extension, type Session, type Workspace } from "@course/runtime";
import { permissionMode } from "@course/s07-permissions";

const run = promisify(execFile);
const STATUS_LINES = 20;
const GIT_MS = 2_000;

export function environment(workspace: Workspace, now: () => Date = () => new Date()): Extension {
  /** By conversation: what the model was told, and the first note, which had all of it. */
  const told = new WeakMap<Session, { facts: ReadonlyMap<string, string>; whole: string }>();
  /** By conversation: whether it is in a run that has begun with what is new. */
  const begun = new WeakMap<Session, boolean>();
  let agent: Agent | undefined;
  const follow = (session: Session) => {
    if (begun.has(session)) return;
    session.on((event) => {
      if (event.type === "run_ended") begun.set(session, false);
      // A summary may have taken the first note's place.
      if (event.type === "cleared" || (event.type === "edited" && !holds(session, told.get(session)?.whole)))
        told.delete(session);
    });
  };
  const tell = async (session: Session) => {
    follow(session);
    begun.set(session, true);
    const before = told.get(session);
    const facts = await observe(workspace, agent, now());
    const lines = [...facts].flatMap(([name, value]) =>
      before?.facts.get(name) === value ? [] : [`${name}: ${value}`],
    );
    const note = `<environment>\n${escaped(lines.join("\n"))}\n</environment>`;
    told.set(session, { facts, whole: before?.whole ?? note });
    if (lines.length > 0) session.inject(note);
  };
  return {
    name: "environment",
    start: (_, own) => void (agent = own),
    beforePrompt: (_, session) => tell(session),
    async beforeModel(session) {
      // A run that a wake began has no prompt; without news the model is not called, so a note would be wasted.
      if (session.hasNews && (!begun.get(session) || !told.has(session))) await tell(session);
    },
  };
}

function holds({ messages }: Session, note = ""): boolean {
  return messages.some((message) =>
    blocksOf(message).some((block) => block.type === "text" && block.text === note),
  );
}

/** The facts as they are now, by name. */
async function observe(
  { root }: Workspace,
  agent: Agent | undefined,
  date: Date,
): Promise<ReadonlyMap<string, string>> {
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const facts = new Map([
    ["date", day],
    ["folder", root],
  ]);
  const git = await gitStatus(root);
  if (git) facts.set("git branch", git.branch).set("git status", git.status);
  const mode = agent && permissionMode(agent);
  if (mode !== undefined) facts.set("permission mode", mode);
  return facts;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}

/** Undefined outside of a repository, and where git takes too long. */
async function gitStatus(root: string): Promise<{ branch: string; status: string } | undefined> {
  try {
    const args = ["-c", "core.fsmonitor=false", "--no-optional-locks", "status", "--porcelain", "--branch"];
    const { stdout } = await run("git", args, { cwd: root, timeout: GIT_MS, maxBuffer: 16 * 1024 * 1024 });
    const [head = "", ...files] = stdout.trimEnd().split("\n");
    const more = files.length > STATUS_LINES ? [`(and ${files.length - STATUS_LINES} more)`] : [];
    const listed = [...files.slice(0, STATUS_LINES), ...more].map((line) => `\n  ${line}`).join("");
    const branch = head.replace(/^## (?:No commits yet on )?/, "").replace(/\.\.\..*$/, "");
    return { branch, status: listed === "" ? "clean" : listed };
  } catch {
    return undefined;
  }
}

/** A file can have any name, and it must not end the note. */
function escaped(text: string): string {
  return text.replaceAll("</environment", "<\\/environment");
}
