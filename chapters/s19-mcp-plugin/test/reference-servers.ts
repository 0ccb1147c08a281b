// The reference servers on npm, which others wrote. They bring 120 packages, so they are no part of the workspace: they have a
// folder of their own, with a lockfile, which the first test that wants one installs.
import { execFileSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname, "reference-servers");
const INSTALLED = join(FOLDER, "node_modules/@modelcontextprotocol");

export const everything = { command: "node", args: [programOf("server-everything"), "stdio"] };
export const filesystem = (folder: string) => ({
  command: "node",
  args: [programOf("server-filesystem"), folder],
});

export function programOf(name: "server-everything" | "server-filesystem"): string {
  install();
  return join(INSTALLED, name, "dist/index.js");
}

function install(): void {
  if (existsSync(INSTALLED)) return;
  console.error(`Installing the MCP reference servers in ${FOLDER}, once (40 MB).`);
  try {
    execFileSync("npm", ["ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"], { cwd: FOLDER });
  } catch {
    // Half of an installation would be taken for a whole one.
    rmSync(join(FOLDER, "node_modules"), { recursive: true, force: true });
    throw new Error(`npm ci failed in ${FOLDER}. Run it there to see why.`);
  }
}
