// Vite's part: data files that the dev server makes when they are asked for, and a reload when a source changes.
import { join, relative } from "node:path";
import type { DefaultTheme, UserConfig } from "vitepress";
import { ROOT } from "../../../scripts/lib/chapters.ts";
import { DataFiles } from "./data-files.ts";

type Plugin = Extract<
  NonNullable<NonNullable<UserConfig<DefaultTheme.Config>["vite"]>["plugins"]>[number],
  { name: string }
>;

const WATCHED = ["chapters", "packages"].map((folder) => join(ROOT, folder));

export interface CourseData {
  plugin: Plugin;
  /** Writes every data file into the built site. */
  writeTo(folder: string): Promise<void>;
}

export function courseData(): CourseData {
  const files = new DataFiles();
  return {
    plugin: serverPlugin(files),
    async writeTo(folder) {
      try {
        await files.writeTo(join(folder, "data"));
      } finally {
        // Processes that wait for work would keep this one alive.
        files.close();
      }
    },
  };
}

function serverPlugin(files: DataFiles): Plugin {
  return {
    name: "course-data",
    apply: "serve",
    configureServer(server) {
      server.watcher.add(WATCHED);
      server.watcher.on("change", (file) => {
        if (!/^(?:chapters|packages)\/[^/]+\/src\//.test(relative(ROOT, file))) return;
        server.ws.send({ type: "full-reload" });
      });
      server.middlewares.use(`${server.config.base}data/`, (request, response) => {
        const path = decodeURIComponent((request.url ?? "").replace(/^\//, "").replace(/\?.*$/, ""));
        void files.read(path).then(
          (text) => {
            response.statusCode = text === undefined ? 404 : 200;
            response.setHeader("content-type", "application/json; charset=utf-8");
            response.end(text ?? `There is no ${path}.`);
          },
          (error: unknown) => {
            response.statusCode = 500;
            response.end(error instanceof Error ? error.message : String(error));
          },
        );
      });
      server.httpServer?.once("close", () => files.close());
    },
  };
}
