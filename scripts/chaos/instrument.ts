// A copy of a chapter's package in which each await in src calls back: what is awaited has been started by then, and
// has not come back.
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { ts } from "ts-morph";

/** Copies the package in `folder`, whose libraries are those of `home`. */
export function instrumentedCopy(folder: string, home: string, copy: string): void {
  mkdirSync(copy, { recursive: true });
  cpSync(join(home, "package.json"), join(copy, "package.json"));
  symlinkSync(join(home, "node_modules"), join(copy, "node_modules"));
  for (const name of readdirSync(join(folder, "src"), { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".ts")) continue;
    const file = join("src", name);
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    writeFileSync(join(copy, file), instrument(readFileSync(join(folder, file), "utf8"), file));
  }
}

/** `await x` as `await __chaos("file:line", x)`, on the same line, so that stacks name the learner's lines. */
export function instrument(code: string, file: string): string {
  const source = ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true);
  const marks: { at: number; text: string }[] = [];
  const visit = (node: ts.Node): void => {
    const awaited = ts.isAwaitExpression(node)
      ? node.expression
      : ts.isForOfStatement(node) && node.awaitModifier
        ? node.expression
        : undefined;
    if (awaited) {
      const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      const start = `globalThis.__chaos(${JSON.stringify(`${basename(file)}:${line}`)}, `;
      marks.push({ at: awaited.getStart(), text: start }, { at: awaited.getEnd(), text: ")" });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return marks
    .toSorted((a, b) => b.at - a.at)
    .reduce((text, { at, text: mark }) => text.slice(0, at) + mark + text.slice(at), code);
}
