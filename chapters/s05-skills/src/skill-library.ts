// Skills on disk, in the public format (https://agentskills.io/specification): a folder with a SKILL.md,
// which has a name and a description in its frontmatter, and instructions below.
// Not covered: skills in the user's home, and fields such as allowed-tools, which are ignored.
import { readdirSync, statSync, type Dirent } from "node:fs";
import { isUtf8 } from "node:buffer";
import { join, relative } from "node:path";
import { errorCode, errorMessage, readPlainFile, safePath, ToolError, type Workspace } from "@course/runtime";
import { FrontmatterError, parseFrontmatter } from "./frontmatter.ts";

/** Where skills live, in the order in which they win. */
const ROOTS = [".claude/skills", "skills"];
const NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const LONGEST_NAME = 64;
const LONGEST_DESCRIPTION = 1024;
const LARGEST_BYTES = 1_000_000;
const FILES_LISTED = 50;

/**
 * A skill as it was found: ready to load, or why not.
 *
 * @record `.claude/skills/<folder>/SKILL.md` or `skills/<folder>/SKILL.md`, durable, written by people
 */
export interface Skill {
  name: string;
  /** On one line. Empty where the skill is broken. */
  description: string;
  /** Its SKILL.md, relative to the workspace. */
  file: string;
  /** Why it cannot be loaded, with the line; undefined if it can. */
  problem?: string | undefined;
  /** Changes whenever the file does. */
  version?: string | undefined;
}

export interface LoadedSkill extends Skill {
  /** The folder, relative to the workspace. */
  folder: string;
  body: string;
  /** Other files in the folder, relative to it; at most 50. */
  files: string[];
}

/** A folder of skills outside the workspace, as a plugin brings (s19). */
export interface SkillSource {
  /** Stands before the names of its skills, as "release" does in release:notes. */
  readonly prefix: string;
  /** Absolute; its folders are skills. */
  readonly folder: string;
  /** Fills in what the source lets its instructions name. */
  expand?(body: string): string;
}

/** Where a skill's paths start, and what its name begins with. */
interface Root extends Pick<SkillSource, "expand"> {
  prefix: string;
  name: string;
  /** The real path of one that begins with the root's name. Throws ToolError if it leads out. */
  resolve(path: string): string;
}

export class SkillLibrary {
  readonly #workspace: Workspace;
  readonly #sources: () => readonly SkillSource[];
  /** What was read of each file, so that only what changed is read again. */
  readonly #read = new Map<string, { stamp: string; skill: Skill }>();

  constructor(workspace: Workspace, sources: () => readonly SkillSource[] = () => []) {
    this.#workspace = workspace;
    this.#sources = sources;
  }

  /** All skills as they are on disk now, broken and hidden ones too. */
  list(): Skill[] {
    const winners = new Map<string, Skill>();
    return this.#roots()
      .flatMap((root) => this.#scan(root))
      .map((skill) => {
        if (skill.problem !== undefined) return skill;
        const winner = winners.get(skill.name);
        if (winner) return { ...skill, problem: `hidden by ${winner.file}, which has the same name` };
        winners.set(skill.name, skill);
        return skill;
      });
  }

  /** Reads a skill's instructions. Throws ToolError, with what there is, if it cannot be loaded. */
  load(name: string): LoadedSkill {
    const all = this.list();
    const found = all.find((skill) => skill.name === name && skill.problem === undefined);
    if (!found) {
      const broken = all.find((skill) => skill.name === name);
      if (broken)
        throw new ToolError(`The skill ${name} cannot be loaded: ${broken.file}: ${broken.problem}`);
      const names = all.flatMap((skill) => (skill.problem === undefined ? [skill.name] : []));
      throw new ToolError(`There is no skill "${name}". There are: ${names.join(", ") || "none"}.`);
    }
    const root = this.#roots().find(({ name: start }) => found.file.startsWith(`${start}/`));
    const path = (root ?? this.#workspace).resolve(found.file);
    const { body } = parseFrontmatter(readPlainFile(path, LARGEST_BYTES).toString("utf8"));
    const folder = join(found.file, "..");
    const expanded = root?.expand ? root.expand(body) : body;
    return { ...found, folder, body: expanded, files: filesIn(join(path, "..")) };
  }

  #roots(): Root[] {
    const own = ROOTS.map((name) => ({
      prefix: "",
      name,
      resolve: (path: string) => this.#workspace.resolve(path),
    }));
    const others = this.#sources().map(({ prefix, folder, expand }) => ({
      prefix: `${prefix}:`,
      name: folder,
      resolve: (path: string) => safePath(folder, path),
      ...(expand && { expand }),
    }));
    return [...own, ...others];
  }

  #scan(root: Root): Skill[] {
    let names: string[];
    try {
      names = readdirSync(root.resolve(root.name)).sort();
    } catch (error) {
      if (error instanceof ToolError)
        return [{ name: root.name, description: "", file: root.name, problem: error.message }];
      return [];
    }
    return names.flatMap((name) => this.#inspect(root, name) ?? []);
  }

  /** A folder's skill; undefined where it has no SKILL.md, and is none. */
  #inspect(root: Root, folder: string): Skill | undefined {
    const file = `${root.name}/${folder}/SKILL.md`;
    const broken = (problem: string): Skill => ({ name: folder, description: "", file, problem });
    try {
      const path = root.resolve(file);
      const { mtimeMs, size } = statSync(path);
      const stamp = `${path} ${mtimeMs} ${size}`;
      const known = this.#read.get(file);
      if (known?.stamp === stamp) return known.skill;
      const content = readPlainFile(path, LARGEST_BYTES);
      const found = parse(content, file, folder, broken);
      const skill = { ...found, name: `${root.prefix}${found.name}`, version: stamp };
      this.#read.set(file, { stamp, skill });
      return skill;
    } catch (error) {
      if (["ENOENT", "ENOTDIR"].includes(errorCode(error))) return undefined;
      if (error instanceof ToolError) return broken(error.message.replace(`${file} `, ""));
      return broken(errorMessage(error));
    }
  }
}

function parse(content: Buffer, file: string, folder: string, broken: (problem: string) => Skill): Skill {
  if (!isUtf8(content)) return broken("is not UTF-8 text");
  try {
    const { name = folder, description } = parseFrontmatter(content.toString("utf8")).fields;
    if (typeof name !== "string" || !NAME.test(name) || name.length > LONGEST_NAME)
      return broken(
        `name is ${JSON.stringify(name)}; expected lower-case words joined by "-", at most 64 characters`,
      );
    if (typeof description !== "string" || description.trim() === "")
      return broken("has no description, by which a model would choose it");
    if (description.length > LONGEST_DESCRIPTION)
      return broken(
        `the description has ${description.length} characters; at most ${LONGEST_DESCRIPTION} fit`,
      );
    return { name, description: description.replace(/\s+/g, " ").trim().toWellFormed(), file };
  } catch (error) {
    if (error instanceof FrontmatterError) return broken(`line ${error.line}: ${error.message}`);
    throw error;
  }
}

/** A folder that cannot be read costs only what is in it. */
function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** Links are not followed: what they lead to is not the skill's. */
function filesIn(folder: string): string[] {
  const files: string[] = [];
  const folders = [folder];
  for (
    let next = folders.shift();
    next !== undefined && files.length < FILES_LISTED;
    next = folders.shift()
  ) {
    for (const entry of entriesOf(next)) {
      const path = join(next, entry.name);
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile() && path !== join(folder, "SKILL.md")) files.push(relative(folder, path));
    }
  }
  return files.sort().slice(0, FILES_LISTED);
}
