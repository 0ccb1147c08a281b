// The site as npm run site:build makes it, below a base of its own, on a server that knows nothing of it.
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { temporaryFolder } from "@course/runtime/testing";
import { ROOT } from "../../scripts/lib/chapters.ts";

export const BASE = "/course/";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".jsonl": "application/json",
  ".woff2": "font/woff2",
  ".svg": "image/svg+xml",
};

/** Builds the site into a temporary folder. Rejects with what the build printed if it fails. */
export async function buildSite(): Promise<string> {
  const folder = join(temporaryFolder(), "site");
  const script = join(ROOT, "docs/.vitepress/site.ts");
  const args = [
    "--import",
    join(ROOT, "scripts/preflight.mjs"),
    script,
    "build",
    "--base",
    BASE,
    "--out-dir",
    folder,
  ];
  // Vitest's mode is not the site's.
  const env = { ...process.env, NODE_ENV: "production" };
  await promisify(execFile)(process.execPath, args, { cwd: ROOT, env });
  return folder;
}

/** Every page, as a path below the base. */
export function pagesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".html") && file !== "404.html",
  );
}

export function serve(folder: string): Promise<{ server: Server; address: string }> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const file = path.startsWith(BASE)
      ? fileFor(join(folder, decodeURIComponent(path.slice(BASE.length))))
      : undefined;
    response.statusCode = file === undefined ? 404 : 200;
    response.setHeader("content-type", TYPES[extname(file ?? "")] ?? "text/plain");
    response.end(file === undefined ? "not found" : readFileSync(file));
  });
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      resolve({ server, address: `http://127.0.0.1:${port}${BASE}` });
    }),
  );
}

/** As a host of static files finds it: the file, the folder's index, or the name without its .html. */
export function fileFor(path: string): string | undefined {
  const candidates = [path, join(path, "index.html"), `${path}.html`];
  return candidates.find((candidate) => existsSync(candidate) && statSync(candidate).isFile());
}
