// Patches that lie beside a chapter: fields above the first "--- ", then a change as `git diff -U2` prints it. They
// are applied to a copy of the package that they change, which stands for the real one under the same package name.
import { cpSync, existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { applyPatch, parsePatch, type StructuredPatch } from "diff";
import { fromRoot, ROOT, type Chapter } from "./chapters.ts";

export interface Patch {
  /** From the repository's root, as is `package`. */
  path: string;
  /** The package that is changed: the chapter, or one of packages/. */
  package: string;
  changes: StructuredPatch[];
  /** The values of a field, in order. */
  fields(key: string): string[];
  /** The first value of a field. Throws an Error where there is none. */
  field(key: string): string;
}

/** Reads a patch of this chapter. */
export function readPatch(chapter: Chapter, file: string): Patch {
  const path = fromRoot(file);
  const source = readFileSync(file, "utf8");
  const start = source.search(/^--- /m);
  const header = source.slice(0, Math.max(0, start));
  const fields = (key: string) =>
    [...header.matchAll(new RegExp(`^${key}: (.+(?:\\n +.+)*)`, "gm"))].map(([, value = ""]) =>
      value.replace(/\s+/g, " "),
    );
  const changes = parsePatch(source.slice(start));
  return {
    path,
    package: /^a\/(packages\/[^/]+)\//.exec(changes[0]?.oldFileName ?? "")?.[1] ?? fromRoot(chapter.folder),
    changes,
    fields,
    field(key) {
      const [value] = fields(key);
      if (value === undefined) throw new Error(`${path} has no line "${key}: ..." above its first "--- "`);
      return value;
    },
  };
}

/** Copies the package to `copy` and changes it there. Throws an Error where the patch does not apply. */
export function copyPatched(
  { package: changed, path, changes }: Omit<Patch, "field" | "fields">,
  copy: string,
) {
  const folder = join(ROOT, changed);
  const left = ["node_modules", "test-results.json", ".turbo"].map((name) => join(folder, name));
  cpSync(folder, copy, { recursive: true, filter: (source) => !left.includes(source) });
  symlinkSync(join(folder, "node_modules"), join(copy, "node_modules"));
  for (const { file, text } of patched({ package: changed, path, changes }))
    writeFileSync(join(copy, file), text);
}

/** The files that the patch changes, by their places in the package, as they are afterwards. */
export function patched({ package: changed, path, changes }: Omit<Patch, "field" | "fields">) {
  const inside = `a/${changed}/`;
  return changes.map((change) => {
    const name = change.oldFileName ?? "";
    if (!name.startsWith(inside)) throw new Error(`${path} changes ${name}; expected a file in ${inside}`);
    const file = name.slice(inside.length);
    const source = join(ROOT, changed, file);
    const text = existsSync(source) && applyPatch(readFileSync(source, "utf8"), change);
    if (text === false)
      throw new Error(
        `${path} does not apply to ${name.slice(2)} any more; make the change anew, and git diff`,
      );
    return { file, text };
  });
}
