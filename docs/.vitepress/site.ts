// npm run site: the lessons as a site that reloads when a lesson or a source changes. npm run site:build: static
// files in docs/.vitepress/dist; --base /path/ for an address below a host's root. npm run site:preview serves them.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { build, createServer, serve } from "vitepress";
import { ROOT, runScript } from "../../scripts/lib/chapters.ts";
import { commandLine } from "../../scripts/lib/command-line.ts";
import { portOf, refuseUsed } from "../../scripts/lib/ports.ts";

const COMMANDS = ["dev", "build", "preview"];

void runScript(async () => {
  const { values, positionals } = commandLine(
    import.meta.filename,
    {
      base: { type: "string", default: process.env["SITE_BASE"] ?? "/" },
      "out-dir": { type: "string" },
      port: { type: "string", default: "5173" },
    },
    { words: 1 },
  );
  const [command = "dev"] = positionals;
  const { base, "out-dir": outDir } = values;
  const port = portOf(values.port);
  if (!COMMANDS.includes(command))
    throw new Error(`There is no command "${command}". There are ${COMMANDS.join(", ")}.`);
  if (!/^\/(?:.*\/)?$/.test(base))
    throw new Error(`--base is "${base}"; it begins and ends with "/", as in /course/.`);
  const root = join(ROOT, "docs");
  if (command === "build") await build(root, { base, ...(outDir !== undefined && { outDir }) });
  else if (command === "preview") await preview(root, base, port);
  else await startServer(root, base, port);
});

async function preview(root: string, base: string, port: number): Promise<void> {
  if (!existsSync(join(root, ".vitepress/dist/index.html")))
    throw new Error("There is nothing to show yet. Build it first: npm run site:build");
  await refuseUsed(port);
  await serve({ root, base, port });
}

/** A change of what the site is built with makes another server, at the same address. */
async function startServer(root: string, base: string, port: number): Promise<void> {
  const server = await createServer(root, { base, port, host: "127.0.0.1" }, async () => {
    await server.close();
    await startServer(root, base, port);
  });
  await server.listen();
  server.printUrls();
}
