// What the brain may call: the tools that the client offers, under the client's own names. Claude Code's CLI is
// served, too; its tools take the same fields as ours.
import { failureOf, type Outcome } from "./episode.ts";
import { say, think, type CallPart, type Reply } from "./reply.ts";

/** Our names of tools, and Claude Code's, whose tools take the same fields. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  bash: "Bash",
  read_file: "Read",
  write_file: "Write",
  edit_file: "Edit",
};

/** As of grep where there is no match: an answer, and no failure. */
const IS_SILENT_NO = /^\s*(?:\(no output\)\s*)?\[exit code 1\]\s*$/;

/** The tools that the client offers, under the names that intents know. */
export class Toolbox {
  readonly #offered: ReadonlySet<string>;

  constructor(offered: ReadonlySet<string>) {
    this.#offered = offered;
  }

  /** The name under which the client offers a tool; undefined if it does not. */
  nameOf(tool: string): string | undefined {
    return [tool, OTHER_NAMES[tool] ?? tool].find((name) => this.#offered.has(name));
  }

  has(tool: string): boolean {
    return this.nameOf(tool) !== undefined;
  }
}

/** Where in an episode a reply stands: what was asked, and the outcomes that it follows, if it is not the first. */
export interface Moment {
  asked: string;
  last?: readonly Outcome[];
}

/** The reply as it is said: calls under the client's names, with a thought before them; no call that it does not offer. */
export function spoken(reply: Reply, tools: Toolbox, moment: Moment): Reply {
  const calls = reply.parts.filter((part) => part.type === "call");
  const missing = calls.find((part) => !tools.has(part.name));
  if (missing)
    return { parts: [say(`I would call ${missing.name} for that, and this client does not offer it.`)] };
  const parts = reply.parts.map((part) =>
    part.type === "call" ? { ...part, name: tools.nameOf(part.name) ?? part.name } : part,
  );
  const isThoughtOut = calls.length === 0 || parts.some(({ type }) => type === "thinking");
  return { ...reply, parts: isThoughtOut ? parts : [think(thoughtBefore(calls, moment)), ...parts] };
}

function thoughtBefore(calls: readonly CallPart[], { asked, last }: Moment): string {
  const plan = planOf(calls);
  if (last === undefined) return `${arrival(asked)} I'll ${plan}.`;
  if (last.every(({ text }) => IS_SILENT_NO.test(text)))
    return `That printed nothing (exit code 1). I'll ${plan}.`;
  const failure = last.map(failureOf).find((reason) => reason !== undefined);
  if (failure !== undefined) return `That did not work (${short(failure)}). I'll ${plan}.`;
  return `That worked. Next I'll ${plan}.`;
}

/** A user's words, or a note that the harness injected. */
function arrival(asked: string): string {
  const [, note] = /^<([\w-]+)/.exec(asked) ?? [];
  return note === undefined ? `The request is ${quoted(asked)}.` : `A note has come (${note}).`;
}

/** What these calls do, as one would say it. */
function planOf(calls: readonly CallPart[]): string {
  const [first] = calls;
  if (!first) return "answer";
  const all = calls.every(({ name }) => name === first.name);
  if (!all) return calls.map((one) => planOf([one])).join(", then ");
  const many = (field: string) => listed(calls.map(({ input }) => short(worded(input[field]))));
  const count = (noun: string) => (calls.length === 1 ? `a ${noun}` : `${calls.length} ${noun}s`);
  const plans: Readonly<Record<string, string>> = {
    bash: `run ${many("command")}`,
    read_file: `read ${many("file_path")}`,
    write_file: `write ${many("file_path")}`,
    edit_file: `change ${many("file_path")}`,
    todo: "bring the plan up to date",
    task: `send ${count("subagent")} to find out`,
    load_skill: `load the skill ${many("name")} and follow it`,
    compact: "have the conversation summarised",
    background_run: `start ${count("command")} in the background`,
    check_background: "look at what runs in the background",
    task_create: `put ${count("task")} on the board`,
    task_update: `update task ${many("id")} on the board`,
    task_list: "look at the board",
    spawn_teammate: `start ${count("teammate")}`,
    send_message: `write to ${many("to")}`,
    claim_task: "claim a task",
    request_shutdown: `ask ${many("teammate")} to stop`,
    respond_shutdown: "answer the request to stop",
    submit_plan: "put a plan before the lead",
    review_plan: `answer ${many("request_id")}`,
    list_requests: "look what was asked and agreed",
    list_teammates: "look who is on the team",
    task_get: `look at task ${many("id")}`,
    worktree_create: `make ${count("worktree")}`,
    worktree_list: "look at the worktrees",
    worktree_run: `run ${many("command")} in the worktree ${many("name")}`,
    worktree_remove: `end the worktree ${many("name")}`,
    load_tool: `load ${many("query").replace(/select:/g, "")}`,
  };
  return plans[first.name] ?? `call ${first.name}`;
}

function worded(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? "");
}

function listed(words: readonly string[]): string {
  const unique = [...new Set(words)];
  return unique.length <= 3
    ? unique.join(" and ")
    : `${unique.slice(0, 2).join(", ")} and ${unique.length - 2} more`;
}

function quoted(text: string): string {
  return `"${short(text)}"`;
}

function short(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= 60 ? line : `${line.slice(0, 57).toWellFormed()}...`;
}
