// Which servers may start: those that the user names (--mcp-config, --plugin-dir), and a project's only when the user has
// trusted exactly these commands and addresses, as with hooks (s08).
// Not covered: what the commands run, as a script of the project that is changed later.
import { dirname, join } from "node:path";
import { commandEnvironment, type Session, type Workspace } from "@course/runtime";
import type { Trust } from "@course/s07-permissions";
import type { FoundServers } from "./mcp.ts";
import type { Plugin } from "./plugin.ts";
import { readServerFile, type ServerConfig, type ServerFile } from "./server-config.ts";
import { serverSlug } from "./tool-names.ts";

const PROJECT_FILE = ".mcp.json";

export interface ServerSources {
  /** Files that the user names, absolute. */
  files: readonly string[];
  plugins: readonly Plugin[];
}

/** All servers that may start. The user's come first, and win where two have one name. */
export async function findServers(
  workspace: Workspace,
  trust: Trust,
  session: Session,
  { files, plugins }: ServerSources,
): Promise<FoundServers> {
  const own = files.map((file) => readOwn(file));
  const project = await readProject(workspace, trust, session);
  const problems = [...own, project].flatMap((file) => file.problems);
  const all = [...own, project].flatMap((file) => file.servers);
  const taken = new Map<string, ServerConfig>();
  const servers = [...all, ...plugins.flatMap((plugin) => plugin.servers)].filter((server) => {
    const first = taken.get(serverSlug(server.name));
    if (first) problems.push(`${server.source}: ${server.name}: ${first.source} has a server of this name`);
    else taken.set(serverSlug(server.name), server);
    return !first;
  });
  return { servers, problems };
}

/** A file that a flag names must be there. Its servers start in its folder. */
function readOwn(file: string): ServerFile {
  const place = { file, shown: file, cwd: dirname(file), variables: commandEnvironment() };
  return readServerFile(place) ?? { servers: [], problems: [`--mcp-config: there is no ${file}.`] };
}

async function readProject({ root }: Workspace, trust: Trust, session: Session): Promise<ServerFile> {
  const variables = { ...commandEnvironment(), CLAUDE_PROJECT_DIR: root };
  const found = readServerFile({ file: join(root, PROJECT_FILE), shown: PROJECT_FILE, cwd: root, variables });
  if (!found || found.servers.length === 0) return found ?? { servers: [], problems: [] };
  const isTrusted = await trust.ask(session, {
    folder: root,
    kind: `the servers of ${PROJECT_FILE}`,
    content: found.servers.map(({ written }) => written).join("\n"),
    effect: "They are programs that run with your rights, or places that your data goes to",
  });
  return isTrusted ? found : { ...found, servers: [] };
}
