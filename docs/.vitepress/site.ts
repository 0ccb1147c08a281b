// npm run site: the lessons as a site that reloads when a lesson or a source changes. npm run site:build: static
// files in docs/.vitepress/dist; --base /path/ for an address below a host's root. npm run site:preview serves them.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build, createServer, serve } from "vitepress";
import { ROOT, runScript } from "../../scripts/lib/chapters.ts";

const COMMANDS = ["dev", "build", "preview"];

await runScript(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      base: { type: "string", default: process.env["SITE_BASE"] ?? "/" },
      "out-dir": { type: "string" },
      port: { type: "string", default: "5173" },
    },
  });
  const [command = "dev"] = positionals;
  const { base, "out-dir": outDir } = values;
  const port = Number(values.port);
  if (!COMMANDS.includes(command))
    throw new Error(`There is no command "${command}". There are ${COMMANDS.join(", ")}.`);
  if (!/^\/(?:.*\/)?$/.test(base))
    throw new Error(`--base is "${base}"; it begins and ends with "/", as in /course/.`);
  if (!Number.isInteger(port)) throw new Error(`--port is "${values.port}"; expected a number.`);
  const root = join(ROOT, "docs");
  if (command === "build") await build(root, { base, ...(outDir !== undefined && { outDir }) });
  else if (command === "preview") await serve({ root, base, port });
  else await startServer(root, base, port);
});

/** A change of what the site is built with makes another server, at the same address. */
async function startServer(root: string, base: string, port: number): Promise<void> {
  const server = await createServer(root, { base, port, host: "127.0.0.1" }, async () => {
    await server.close();
    await startServer(root, base, port);
  });
  await server.listen();
  server.printUrls();
}
