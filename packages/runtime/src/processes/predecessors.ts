// A program that starts anew cannot be replaced in its process: it stays, stopped, as the parent of the one that follows.
// That one is told here, so that it takes over what the stopped one had claimed. Not covered: programs beside it, for
// which the claim is the running process's until that ends.
const VARIABLE = "COURSE_PREDECESSORS";

interface Predecessors {
  pids: number[];
  /** What the user typed for the first of them. */
  args: string[];
}

const before = told(process.env[VARIABLE]);
// No command of the agent, and no program that it starts, is their successor.
delete process.env[VARIABLE];

/** Whether this process is one that was stopped to start this program. */
export function isPredecessor(pid: number): boolean {
  return before?.pids.includes(pid) ?? false;
}

/** The arguments that the user typed, without those that starting anew has added. */
export function typedArguments(): readonly string[] {
  return before?.args ?? process.argv.slice(2);
}

/** What the program that follows this one needs in its environment. */
export function successorEnvironment(): Readonly<Record<string, string>> {
  const next: Predecessors = { pids: [...(before?.pids ?? []), process.pid], args: [...typedArguments()] };
  return { [VARIABLE]: JSON.stringify(next) };
}

function told(text: string | undefined): Predecessors | undefined {
  if (text === undefined) return undefined;
  return JSON.parse(text) as Predecessors;
}
