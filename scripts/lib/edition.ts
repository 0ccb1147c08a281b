// Which edition of the course this is: the version and the date in the root package.json.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./chapters.ts";

/** As in "1.0.0 of 2026-11-25". */
export function edition(): string {
  const { version, edition: date } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    version: string;
    edition: string;
  };
  return `${version} of ${date}`;
}

export function editionLine(): string {
  return `Edition ${edition()}.`;
}
