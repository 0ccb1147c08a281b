// A chapter as one readable TypeScript file: its wiring and only the runtime code that it uses,
// types and comments kept, sectioned by origin, with a plain terminal in place of the course's own.
// Works on whole top-level declarations: one that nothing reaches from the program's start is left out.
// Not covered: namespace imports of this repository's own files; no chapter has one outside main.ts.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Node, Project, SyntaxKind, type SourceFile, type Statement } from "ts-morph";
import { chapters, fromRoot, ROOT, type Chapter } from "./chapters.ts";
import { readEdition } from "@course/runtime/terminal";
import { formatted } from "./format.ts";
import { Imports } from "./standalone/imports.ts";
import { hasPlainCore, leftOutOf, STAND_INS, usersOfLeftOut } from "./standalone/left-out.ts";
import { reach, type Needed } from "./standalone/reach.ts";
import { newText, renamesFor, type Renames } from "./standalone/twins.ts";

function header(chapter: Chapter, packages: readonly string[]): string {
  const { id, card } = chapter;
  return `// ${title(id, card.title)}, as one file. ${card.insight}
// Made from the sources of the course by \`npm run standalone ${id}\`; change those, not this.
// Left out: ${leftOutOf(chapter).join(", ")}.
// Install: npm install ${[...packages, "tsx"].join(" ")}
// Run: npx tsx ${id}.ts --dir FOLDER`;
}

function title(id: string, name: string): string {
  return `${id} ${name}, edition ${readEdition()}`;
}

/** s01 on the SDK alone. Throws an Error for any other chapter, which has more than a loop. */
export function bareEdition({ id, card }: Chapter): string {
  if (id !== "s01")
    throw new Error(`Only s01 is one loop on the SDK alone. Without --bare: npm run standalone ${id}`);
  return `// ${title(id, card.title)}, on the SDK alone. Made by \`npm run standalone s01 -- --bare\`.
// Install: npm install @anthropic-ai/sdk tsx
// Run: npx tsx s01-bare.ts
${readFileSync(join(ROOT, "scripts/one-file/s01.ts"), "utf8").replace(/^\/\/.*\n/, "")}`;
}

function programSource(chapter: Chapter, agent: SourceFile): string {
  const { id, card } = chapter;
  // The one flag of a chapter with a plain core is for lanes past this machine, which it goes without.
  const offered = hasPlainCore(chapter) ? [] : ["flags", "openWorkspace"];
  const optional = offered.filter((name) => agent.getVariableDeclaration(name));
  const names = ["createAgent", ...optional].join(", ");
  return `import { ${names} } from "./agent.ts";
import { startPlain } from "../../../scripts/one-file/plain.ts";

void startPlain({ ${names} }, ${JSON.stringify(title(id, card.title))});
`;
}

/** All chapters' programs in one project, so that what they share is read once. */
interface Programs {
  byChapter: Map<string, SourceFile>;
  without: Set<Node>;
}

const loaded: { plain?: Programs; whole?: Programs } = {};

function loadPrograms(kind: keyof typeof loaded): Programs {
  const project = new Project({
    tsConfigFilePath: join(ROOT, "tsconfig.json"),
    skipAddingFilesFromTsConfig: true,
  });
  if (kind === "plain")
    for (const [file, plain] of Object.entries(STAND_INS))
      project.createSourceFile(join(ROOT, file), readFileSync(join(ROOT, plain), "utf8"), {
        overwrite: true,
      });
  const ofKind = chapters.filter((chapter) => hasPlainCore(chapter) === (kind === "plain"));
  const programs = ofKind.map((chapter) => {
    const agent = project.addSourceFileAtPath(join(chapter.folder, "src/agent.ts"));
    const source = programSource(chapter, agent);
    return [chapter.id, project.createSourceFile(join(chapter.folder, "src/program.ts"), source)] as const;
  });
  project.resolveSourceFileDependencies();
  return { byChapter: new Map(programs), without: usersOfLeftOut(project, ofKind) };
}

/** The chapter's one-file edition. */
export async function oneFile(chapter: Chapter): Promise<string> {
  const kind = hasPlainCore(chapter) ? "plain" : "whole";
  const { byChapter, without } = (loaded[kind] ??= loadPrograms(kind));
  const program = byChapter.get(chapter.id);
  if (!program) throw new Error(`There is no program of ${chapter.id}.`);
  const needed = reach(program, without);
  const renames = renamesFor(needed);
  const imports = new Imports();
  const sections = inOrder(needed).map(([file, statements]) => {
    imports.collect(file, statements, needed.isLeftOut, renames.get(file));
    return section(
      file,
      file === program ? "The program" : originOf(file, kind),
      statements.map((statement) => [statement, textOf(statement, needed, renames)]),
    );
  });
  const text = `${header(chapter, imports.packages())}\n\n${imports.print()}\n\n${sections.join("\n\n")}\n`;
  return formatted(text, "typescript");
}

function originOf(file: SourceFile, kind: keyof typeof loaded): string {
  const path = fromRoot(file.getFilePath());
  return (kind === "plain" ? STAND_INS[path] : undefined) ?? path;
}

/** Files after the files that they import, so that constants are there before they are used. */
function inOrder({ files: needed }: Needed): [SourceFile, Statement[]][] {
  const done = new Set<SourceFile>();
  const ordered: [SourceFile, Statement[]][] = [];
  const visit = (file: SourceFile) => {
    if (done.has(file)) return;
    done.add(file);
    for (const imported of [...file.getImportDeclarations(), ...file.getExportDeclarations()]) {
      const target = imported.getModuleSpecifierSourceFile();
      if (target && !target.isInNodeModules() && !target.isDeclarationFile()) visit(target);
    }
    const statements = needed.get(file);
    if (statements)
      ordered.push([file, file.getStatements().filter((statement) => statements.has(statement))]);
  };
  for (const file of needed.keys()) visit(file);
  return ordered;
}

function section(file: SourceFile, name: string, statements: readonly [Statement, string][]): string {
  const contract = /^(?:\/\/.*\n)+/.exec(file.getFullText())?.[0] ?? "";
  const [first] = file.getStatements();
  const bodies = statements.map(([statement, text]) => {
    const leading = statement.getLeadingCommentRanges().map((comment) => withoutRecord(comment.getText()));
    const comments = statement === first ? leading.filter((line) => !contract.includes(line)) : leading;
    const docs = comments.length > 0 ? `${comments.join("\n")}\n` : "";
    return docs + text.replace(/^export (?=\S)/, "");
  });
  const rule = "-".repeat(Math.max(3, 76 - name.length));
  return [`// -- ${name} ${rule}`, contract.trimEnd(), bodies.join("\n\n")].filter(Boolean).join("\n");
}

/** Where a record lives is for the course's own table of records. */
function withoutRecord(comment: string): string {
  const rest = comment.replace(/\n \*\n \* @record .*(?=\n \*\/)/s, "");
  return rest.replace(/^\/\*\*\n \* ([^\n]*)\n \*\/$/, "/** $1 */");
}

/** A statement's text under its new names, without what is left out. */
function textOf(statement: Statement, { isLeftOut }: Needed, renames: Renames): string {
  const edits: { from: number; to: number; text: string }[] = [];
  statement.forEachDescendant((node, traversal) => {
    if (isLeftOut(node)) {
      const comma = node.getNextSiblingIfKind(SyntaxKind.CommaToken);
      edits.push({ from: node.getPos(), to: (comma ?? node).getEnd(), text: "" });
      traversal.skip();
    } else if (Node.isIdentifier(node)) {
      const text = newText(node, renames);
      if (text !== undefined) edits.push({ from: node.getStart(), to: node.getEnd(), text });
    }
  });
  const start = statement.getStart();
  let source = statement.getText();
  for (const { from, to, text } of edits.reverse())
    source = source.slice(0, from - start) + text + source.slice(to - start);
  return source;
}
