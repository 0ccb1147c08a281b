// The project's own instructions (CLAUDE.md and the like) go into the first user message and not into the system prompt:
// they are the repository's words, not the operator's. Those of a subfolder, and rules for certain files, are added when
// such a file is first read. Not covered: files that bash reads; a subagent is told only what is added then.
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import {
  blocksOf,
  errorMessage,
  type Extension,
  type FlagValues,
  type Session,
  type Workspace,
} from "@course/runtime";
import { Trust, trustFlag } from "@course/s07-permissions";
import {
  InstructionLoader,
  type AllowOutside,
  type Candidate,
  type InstructionFile,
} from "./instruction-loader.ts";
import { readInstructionSource } from "./instruction-source.ts";
import {
  foldersBetween,
  instructionFiles,
  needsFallback,
  repositoryRoot,
  ruleFiles,
} from "./instruction-places.ts";
import { matches, parseRule, type Rule } from "./rule-file.ts";

const TAG = "project-instructions";
const YES = "Yes, read them";
const NO = "No, leave them out";
/** Tools with which a model looks at a file. */
const READS = new Set(["read_file", "edit_file", "write_file"]);

export const projectInstructionsFlags = trustFlag;

export function projectInstructions(workspace: Workspace, values: FlagValues = {}): Extension {
  const project = new Project(workspace, new Trust({ trustsAll: values["trust"] === true }));
  return {
    name: "project-instructions",
    start(session) {
      session.on((event) => {
        if (event.type === "cleared") project.forget(session);
        // A summary may have replaced them; then they are read again.
        if (event.type === "edited" && !holdsInstructions(session)) project.forget(session);
      });
    },
    beforePrompt: (_, session) => project.tellAtStart(session),
    async beforeModel(session) {
      if (session.hasNews) await project.tellAtStart(session);
    },
    async wrapToolCall(call, next) {
      const result = await next(call);
      const { file_path: path } = (call.input ?? {}) as { file_path?: unknown };
      if (READS.has(call.name) && typeof path === "string" && !result.isError)
        await project.tellAbout(call.session, path);
      return result;
    },
  };
}

class Project {
  readonly #workspace: Workspace;
  readonly #repository: string;
  readonly #trust: Trust;
  readonly #loaders = new WeakMap<Session, InstructionLoader>();
  readonly #isTold = new WeakSet<Session>();
  #refused: string | undefined;
  #lastProblems = "";

  constructor(workspace: Workspace, trust: Trust) {
    this.#workspace = workspace;
    this.#repository = repositoryRoot(workspace.root);
    this.#trust = trust;
  }

  forget(session: Session): void {
    this.#loaders.delete(session);
    this.#isTold.delete(session);
  }

  /** Once per conversation: the user's file, the project's, and the rules without paths. */
  async tellAtStart(session: Session): Promise<void> {
    if (this.#isTold.has(session)) return;
    this.#isTold.add(session);
    const folders = this.#folders();
    const users = join(homedir(), ".claude/CLAUDE.md");
    const own = existsSync(users) ? [{ path: users, isUsers: true }] : [];
    const found = instructionFiles(folders, needsFallback(folders)).map((path) => ({ path }));
    const { rules, problems } = this.#rules(folders, (rule) => rule.paths === undefined);
    await this.#tell(session, [...own, ...found, ...rules], problems);
  }

  /** When a file was read: the instructions of the folders that lead to it, and the rules that match it. */
  async tellAbout(session: Session, file: string): Promise<void> {
    const path = this.#workspace.resolve(file);
    const folders = foldersBetween(this.#workspace.root, dirname(path)).slice(1);
    const usesFallback = needsFallback([...this.#folders(), ...folders]);
    const found = instructionFiles(folders, usesFallback).map((found) => ({ path: found }));
    const isMeant = (rule: Rule, folder: string) =>
      matches(rule, relative(folder, path).split(sep).join("/"));
    // What is wrong above, and the rules without paths, were told at the start.
    const above = this.#rules(this.#folders(), isMeant).rules;
    const below = this.#rules(folders, (rule, folder) => rule.paths === undefined || isMeant(rule, folder));
    await this.#tell(session, [...found, ...above, ...below.rules], below.problems);
  }

  #folders(): string[] {
    return foldersBetween(this.#repository, this.#workspace.root);
  }

  #rules(folders: readonly string[], counts: (rule: Rule, folder: string) => boolean) {
    const problems: string[] = [];
    const tell = (path: string, problem: string) =>
      problems.push(`${relative(this.#repository, path)} ${problem}`);
    const rules = folders.flatMap((folder) => {
      const found = ruleFiles(folder);
      for (const { path, problem } of found.problems) tell(path, problem);
      return found.files.flatMap((path): Candidate[] => {
        try {
          const rule = parseRule(readInstructionSource(path));
          return counts(rule, folder) ? [{ path, source: rule.body }] : [];
        } catch (error) {
          tell(path, errorMessage(error));
          return [];
        }
      });
    });
    return { rules, problems };
  }

  async #tell(session: Session, candidates: readonly Candidate[], known: readonly string[]): Promise<void> {
    const loader = this.#loaderFor(session);
    const { files, problems } = await loader.load(candidates);
    // A conversation that was taken up again (full) holds those that have not changed.
    const fresh = files.filter((file) => !holdsFile(session, file));
    if (fresh.length > 0) session.inject(render(fresh));
    const text = [...known, ...problems].join("; ");
    if (text !== "" && text !== this.#lastProblems)
      session.notice(`Instructions that were not read: ${text}`);
    if (text !== "") this.#lastProblems = text;
  }

  #loaderFor(session: Session): InstructionLoader {
    const known = this.#loaders.get(session);
    if (known) return known;
    const made = new InstructionLoader(this.#repository, (imports) => this.#ask(session, imports));
    this.#loaders.set(session, made);
    return made;
  }

  async #ask(session: Session, imports: readonly string[]): ReturnType<AllowOutside> {
    const request = {
      folder: this.#workspace.root,
      kind: "imports from outside",
      content: imports.join("\n"),
    };
    if (this.#trust.isTrusted(request)) return true;
    if (this.#refused === request.content) return false;
    const answer = await session.ask({
      text: `The project's instructions name files outside the repository:\n${request.content}\nMay the model read them?`,
      choices: [YES, NO],
      withoutHuman: "--trust reads them",
    });
    if ("choice" in answer && answer.choice === YES) return this.#trust.keep(session, request);
    this.#refused = request.content;
    return false;
  }
}

function holdsInstructions({ messages }: Session): boolean {
  return JSON.stringify(messages).includes(`"<${TAG}>`);
}

function holdsFile({ messages }: Session, file: InstructionFile): boolean {
  const rendered = renderFile(file);
  return messages.some(
    (message) =>
      message.role === "user" &&
      blocksOf(message).some(
        (block) =>
          block.type === "text" && block.text.startsWith(`<${TAG}>`) && block.text.includes(rendered),
      ),
  );
}

function render(files: readonly InstructionFile[]): string {
  return `<${TAG}>\n${files.map(renderFile).join("\n")}\n</${TAG}>`;
}

function renderFile({ path, text, importedBy }: InstructionFile): string {
  const from = importedBy === undefined ? "" : ` imported_by="${named(importedBy)}"`;
  return `<file path="${named(path)}"${from}>\n${escaped(text)}\n</file>`;
}

/** A file can have any name, which must not end the note either. */
const named = (path: string) => path.replace(/["<>\r\n]/g, encodeURIComponent);

/** What a file says must not end the note that holds it. */
function escaped(text: string): string {
  return text.replace(/<\/(?=project-instructions|file\b)/g, "<\\/");
}
