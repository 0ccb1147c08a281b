// The agent of a chapter, as its program would start it, in a given folder.
import { join } from "node:path";
import { loadFile, Workspace, type Agent, type FlagValues } from "@course/runtime";
import { REPOSITORY, stack, type ChapterModule } from "@course/runtime/terminal";
import { findChapter, type Chapter } from "./chapters.ts";
import type { TraceHeader } from "./trace/read.ts";

/** Flags that take up another conversation, or lead to another folder. */
const NOT_TAKEN_OVER = new Set(["continue", "resume", "fork-session", "worktree", "mine"]);

/** The chapter that is wanted, or that the trace is of. Throws an Error that says how to name one. */
export function chapterOf(wanted: string | undefined, header: TraceHeader | undefined): Chapter {
  if (wanted !== undefined) return findChapter(wanted, "--chapter");
  if (!header || header.chapter === "")
    throw new Error("The trace does not say which chapter it is of. Name it, as in --chapter s13.");
  return findChapter(header.chapter, "The trace is of");
}

/** With what the trace's agent was started with, if it is of this chapter. Throws what the chapter throws. */
export async function openAgent(
  chapter: Chapter,
  header: TraceHeader | undefined,
  folder: string,
): Promise<Agent> {
  const flags: FlagValues = header?.chapter === chapter.id ? takenOver(header.flags) : {};
  const others = String(flags["with"] ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const modules = await Promise.all(
    [chapter, ...others.map((name) => findChapter(name, "--with"))].map(load),
  );
  let workspace = new Workspace(folder);
  for (const module of modules) workspace = (await module.openWorkspace?.(workspace, flags)) ?? workspace;
  const [agent, ...added] = modules.map((module) => module.createAgent(workspace, flags));
  if (!agent) throw new Error(`There is no agent in ${chapter.name}.`);
  return stack(agent, added);
}

function takenOver(flags: FlagValues): FlagValues {
  return Object.fromEntries(Object.entries(flags).filter(([name]) => !NOT_TAKEN_OVER.has(name)));
}

function load({ name }: Chapter): Promise<ChapterModule> {
  return loadFile(join(REPOSITORY, "chapters", name, "src/agent.ts"));
}
