// Which plugins there are, and which may be used: those of --plugin-dir are the user's word; one that lies in the project's
// .claude/skills/ is the project's, and counts only when the user has trusted exactly its files.
import { createHash } from "node:crypto";
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
} from "node:fs";
import { join, relative } from "node:path";
import { errorMessage, isInside, type Session, type Workspace } from "@course/runtime";
import type { SkillSource } from "@course/s05-skills";
import { escaped, type Trust } from "@course/s07-permissions";
import type { HookFile } from "@course/s08-hooks";
import { onOneLine } from "./foreign-lines.ts";
import type { Plugin } from "./plugin.ts";
import { isPlugin, readPlugin } from "./plugin-folder.ts";

const PROJECT_FOLDER = ".claude/skills";

export class Plugins {
  /** All that were found. */
  readonly found: readonly Plugin[];
  /** A line for each that could not be read at all. */
  readonly problems: string[] = [];
  /** Those that may be used; set once the user has been asked. */
  usable: readonly Plugin[] = [];
  readonly #workspace: Workspace;
  readonly #trust: Trust;
  readonly #ofProject = new Set<Plugin>();
  #asked: Promise<readonly Plugin[]> | undefined;

  /** `folders` are the user's, absolute. Throws an Error where one of them is no folder. */
  constructor(workspace: Workspace, trust: Trust, folders: readonly string[]) {
    this.#workspace = workspace;
    this.#trust = trust;
    for (const folder of folders)
      if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
        throw new Error(
          `--plugin-dir: ${folder} is not a folder. Name the folder that holds .claude-plugin.`,
        );
    const own = folders.flatMap((folder) => this.#read(folder, folder));
    const project = projectFolders(workspace.root).flatMap((folder) =>
      this.#read(join(workspace.root, folder), folder).filter((plugin) => this.#isAllInside(plugin)),
    );
    for (const plugin of project) this.#ofProject.add(plugin);
    this.found = this.#withoutTwins([...own, ...project]);
  }

  /** The plugins that may be used. Asks at the first call; what is broken is told then, too. */
  ask(session: Session): Promise<readonly Plugin[]> {
    return (this.#asked ??= this.#ask(session));
  }

  isTrusted(plugin: Plugin): boolean {
    return this.usable.includes(plugin);
  }

  skillSources(): SkillSource[] {
    return this.usable.flatMap(({ name, root, skillFolders }) =>
      skillFolders.map((folder) => ({
        prefix: name,
        folder,
        expand: (body: string) => body.replaceAll("${CLAUDE_PLUGIN_ROOT}", () => root),
      })),
    );
  }

  async hookFiles(session: Session): Promise<HookFile[]> {
    return (await this.ask(session)).flatMap(({ hooks }) => hooks);
  }

  async #ask(session: Session): Promise<readonly Plugin[]> {
    const usable: Plugin[] = [];
    for (const plugin of this.found)
      if (!this.#ofProject.has(plugin) || (await this.#trust.ask(session, this.#request(plugin))))
        usable.push(plugin);
    this.usable = usable;
    const problems = [...this.problems, ...usable.flatMap((plugin) => plugin.problems)];
    if (problems.length > 0)
      session.notice(
        `Plugins, what is wrong:${problems.map((problem) => `\n  ✗ ${onOneLine(problem)}`).join("")}`,
      );
    return usable;
  }

  #request(plugin: Plugin) {
    const { name, shown, hooks, servers, commands, skillFolders } = plugin;
    const lines = [
      ...hooks.flatMap((file) =>
        file.hooks.map(
          ({ event, command, args = [] }) => `${event}: ${[command, ...args].map(escaped).join(" ")}`,
        ),
      ),
      ...servers.map(({ written }) => `server ${written}`),
      ...(commands.length > 0 ? [`commands: ${commands.map((command) => command.name).join(", ")}`] : []),
      ...(skillFolders.length > 0 ? ["skills"] : []),
      `all its files as they are now (${hashOf(plugin.root)})`,
    ];
    return {
      folder: this.#workspace.root,
      kind: `the plugin ${name} of ${onOneLine(shown)}`,
      content: lines.join("\n"),
      effect: "Its hooks and servers are programs that run with your rights, and its words reach the model",
    };
  }

  #read(folder: string, shown: string): Plugin[] {
    try {
      return [readPlugin(folder, shown, this.#workspace.root)];
    } catch (error) {
      this.problems.push(errorMessage(error));
      return [];
    }
  }

  /** What a folder elsewhere holds can change without being asked about, so a plugin that leads there is left out. */
  #isAllInside({ root, shown }: Plugin): boolean {
    const real = realpathSync(root);
    const isFolder = (path: string) => existsSync(path) && statSync(path).isDirectory();
    const way = filesBelow(root).find((path) => isFolder(path) && !isInside(real, realpathSync(path)));
    if (way !== undefined)
      this.problems.push(
        `${shown}: ${relative(root, way)} is a link to a folder elsewhere. Put the files in its place.`,
      );
    return way === undefined;
  }

  #withoutTwins(plugins: readonly Plugin[]): Plugin[] {
    const names = new Map<string, Plugin>();
    return plugins.filter((plugin) => {
      const first = names.get(plugin.name);
      if (first)
        this.problems.push(`${plugin.shown}: ${first.shown} is a plugin of the same name, ${plugin.name}`);
      else names.set(plugin.name, plugin);
      return !first;
    });
  }
}

/** Folders with a manifest, relative to the root. One with nothing but a SKILL.md is a skill (s05). */
function projectFolders(root: string): string[] {
  try {
    return readdirSync(join(root, PROJECT_FOLDER))
      .sort()
      .map((name) => `${PROJECT_FOLDER}/${name}`)
      .filter((folder) => isPlugin(join(root, folder)));
  } catch {
    return [];
  }
}

/** Of all that its files are: whatever changes is asked again. */
function hashOf(root: string): string {
  const entries = filesBelow(root)
    .sort()
    .map((path) => [relative(root, path), linkIn(path), ...whatIsIn(path)]);
  // As JSON, because where one file's text ends and another's name begins is a part of it.
  return sha256(JSON.stringify(entries)).slice(0, 32);
}

const sha256 = (data: string | Buffer) => createHash("sha256").update(data).digest("hex");

/** Links to folders are not followed: those that are left lead to files that are seen in their own place. */
function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path) : [path];
    });
  } catch {
    // Nor can its hooks read it; once they can, it is asked again.
    return [folder];
  }
}

/** Where a link leads; null for what is none. */
const linkIn = (path: string) => (lstatSync(path).isSymbolicLink() ? readlinkSync(path) : null);

/** Whether a file can be run, and its text, also where a link leads to it; nothing of what cannot be read. */
function whatIsIn(path: string): [boolean, string] | [] {
  try {
    const found = statSync(path);
    return found.isFile() ? [(found.mode & 0o111) !== 0, sha256(readFileSync(path))] : [];
  } catch {
    return [];
  }
}
