// A chapter as one readable TypeScript file: its wiring and only the runtime code that it uses,
// types and comments kept, sectioned by origin. Works on whole top-level declarations: one that
// nothing reaches from the program's start is left out, and two of one name are renamed.
// Not covered: namespace imports of this repository's own files; no chapter has one outside main.ts.
import { join } from "node:path";
import { Node, Project, type Identifier, type SourceFile, type Statement } from "ts-morph";
import { fromRoot, ROOT, type Chapter } from "./chapters.ts";

function header({ id, card }: Chapter, packages: readonly string[]): string {
  return `// ${id} ${card.title}, as one file. ${card.insight}
// Made from the sources of the course by \`npm run standalone ${id}\`; change those, not this.
// Install: npm install ${[...packages, "tsx"].join(" ")}
// Run: npx tsx ${id}.ts --dir FOLDER`;
}

function programSource({ card }: Chapter, hasFlags: boolean): string {
  return `import { createAgent${hasFlags ? ", flags" : ""} } from "./agent.ts";
import { startProgram } from "../../../packages/runtime/src/terminal/start-program.ts";

void startProgram({
  card: ${JSON.stringify(card, null, 2).replaceAll("\n", "\n  ")},
  chapter: { createAgent${hasFlags ? ", flags" : ""} },
  others: [],
  envFile: ".env",
  defaultFolder() {
    throw new Error("Name the folder to work in: --dir PATH");
  },
});
`;
}

/** The chapter's one-file edition, not yet formatted. */
export function buildStandalone(chapter: Chapter): string {
  const project = new Project({
    tsConfigFilePath: join(ROOT, "tsconfig.json"),
    skipAddingFilesFromTsConfig: true,
  });
  const agent = project.addSourceFileAtPath(join(chapter.folder, "src/agent.ts"));
  const hasFlags = agent.getVariableDeclaration("flags") !== undefined;
  const program = project.createSourceFile(
    join(chapter.folder, "src/program.ts"),
    programSource(chapter, hasFlags),
  );
  project.resolveSourceFileDependencies();
  const needed = reach(program);
  renameTwins(needed);
  const imports = new Imports();
  const sections = inOrder(needed).map(([file, statements]) => {
    imports.collect(file, statements);
    return section(file, statements, file === program ? "The program" : fromRoot(file.getFilePath()));
  });
  return `${header(chapter, imports.packages())}\n\n${imports.print()}\n\n${sections.join("\n\n")}\n`;
}

type Needed = Map<SourceFile, Set<Statement>>;

/** Every top-level statement that the program needs, by file. */
function reach(program: SourceFile): Needed {
  const needed: Needed = new Map();
  const queue = program.getStatements().filter((statement) => !Node.isImportDeclaration(statement));
  for (let statement = queue.pop(); statement; statement = queue.pop()) {
    const file = statement.getSourceFile();
    const known = needed.get(file) ?? new Set();
    if (known.has(statement)) continue;
    needed.set(file, known.add(statement));
    statement.forEachDescendant((node) => {
      if (Node.isIdentifier(node)) queue.push(...declarationsOf(node));
    });
  }
  return needed;
}

/** The top-level statements of this repository that an identifier refers to. */
function declarationsOf(identifier: Identifier): Statement[] {
  const parent = identifier.getParent();
  // In { name }, the identifier is the property; what it stands for is the value.
  const symbol = Node.isShorthandPropertyAssignment(parent)
    ? parent.getValueSymbol()
    : identifier.getSymbol();
  const target = symbol?.getAliasedSymbol() ?? symbol;
  return (target?.getDeclarations() ?? []).flatMap((declaration) => {
    const file = declaration.getSourceFile();
    if (file.isInNodeModules() || file.isDeclarationFile()) return [];
    const statement = [declaration, ...declaration.getAncestors()].find((node) =>
      Node.isSourceFile(node.getParent()),
    );
    return Node.isStatement(statement) &&
      !Node.isImportDeclaration(statement) &&
      !Node.isExportDeclaration(statement)
      ? [statement]
      : [];
  });
}

function namesOf(statement: Statement): { name: string; node: Identifier }[] {
  const declarations = Node.isVariableStatement(statement) ? statement.getDeclarations() : [statement];
  return declarations.flatMap((declaration) => {
    const node = "getNameNode" in declaration ? declaration.getNameNode() : undefined;
    return Node.isIdentifier(node) ? [{ name: node.getText(), node }] : [];
  });
}

/** Gives all but the first of several top-level declarations of one name a name of their own. */
function renameTwins(needed: Needed): void {
  const taken = new Map<string, SourceFile>();
  const imported = new Set(
    [...needed.keys()].flatMap((file) => outsideImports(file).flatMap(({ local }) => local)),
  );
  for (const [file, statements] of needed) {
    for (const { name, node } of [...statements].flatMap(namesOf)) {
      const owner = taken.get(name);
      const isTwin = (owner !== undefined && owner !== file) || imported.has(name);
      if (!isTwin) taken.set(name, file);
      else node.rename(freeName(name, file, taken));
    }
  }
}

/** \`read\` of task-store.ts becomes \`readOfTaskStore\`. */
function freeName(name: string, file: SourceFile, taken: Map<string, SourceFile>): string {
  const origin = file
    .getBaseNameWithoutExtension()
    .replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase());
  const free = `${name}Of${origin}`;
  taken.set(free, file);
  return free;
}

/** Files after the files that they import, so that constants are there before they are used. */
function inOrder(needed: Needed): [SourceFile, Statement[]][] {
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

function section(file: SourceFile, statements: readonly Statement[], title: string): string {
  const contract = /^(?:\/\/.*\n)+/.exec(file.getFullText())?.[0] ?? "";
  const [first] = file.getStatements();
  const bodies = statements.map((statement) => {
    const leading = statement.getLeadingCommentRanges().map((comment) => comment.getText());
    const comments = statement === first ? leading.filter((text) => !contract.includes(text)) : leading;
    const docs = comments.length > 0 ? `${comments.join("\n")}\n` : "";
    return docs + statement.getText().replace(/^export (?=\S)/, "");
  });
  const rule = "-".repeat(Math.max(3, 76 - title.length));
  return [`// -- ${title} ${rule}`, contract.trimEnd(), bodies.join("\n\n")].filter(Boolean).join("\n");
}

interface OutsideImport {
  module: string;
  local: string;
  text: string;
  kind: "named" | "default" | "namespace";
  isType: boolean;
}

/** What a file imports from npm packages and from Node. */
function outsideImports(file: SourceFile): OutsideImport[] {
  return file.getImportDeclarations().flatMap((declaration) => {
    const module = declaration.getModuleSpecifierValue();
    if (module.startsWith(".") || module.startsWith("@course/")) return [];
    const allTypes = declaration.isTypeOnly();
    const make = (local: string, text: string, kind: OutsideImport["kind"], isType = allTypes) => [
      { module, local, text, kind, isType },
    ];
    const byDefault = declaration.getDefaultImport()?.getText();
    const namespace = declaration.getNamespaceImport()?.getText();
    return [
      ...(byDefault ? make(byDefault, byDefault, "default") : []),
      ...(namespace ? make(namespace, namespace, "namespace") : []),
      ...declaration.getNamedImports().flatMap((specifier) => {
        const local = specifier.getAliasNode()?.getText() ?? specifier.getName();
        return make(
          local,
          specifier.getText().replace(/^type /, ""),
          "named",
          allTypes || specifier.isTypeOnly(),
        );
      }),
    ];
  });
}

class Imports {
  readonly #all = new Map<string, OutsideImport>();
  readonly #dynamic = new Set<string>();

  /** Notes what of a file's imports the chosen statements use. */
  collect(file: SourceFile, statements: readonly Statement[]): void {
    const used = new Set<string>();
    for (const statement of statements) {
      statement.forEachDescendant((node) => {
        if (Node.isIdentifier(node)) used.add(node.getText());
      });
      for (const [, module = ""] of statement
        .getText()
        .matchAll(/\b(?:import|require|require\.resolve)\("([^"]+)"\)/g))
        this.#dynamic.add(/^(@[^/]+\/)?[^/]+/.exec(module)?.[0] ?? module);
    }
    for (const found of outsideImports(file)) {
      if (!used.has(found.local)) continue;
      const key = `${found.module} ${found.local}`;
      const isType = found.isType && (this.#all.get(key)?.isType ?? true);
      this.#all.set(key, { ...found, isType });
    }
  }

  /** npm packages, without Node's own modules. */
  packages(): string[] {
    const modules = [...[...this.#all.values()].map(({ module }) => module), ...this.#dynamic];
    return [...new Set(modules)].filter((module) => !module.startsWith("node:")).sort();
  }

  print(): string {
    const modules = [...new Set([...this.#all.values()].map(({ module }) => module))].sort(
      (a, b) => rank(a) - rank(b) || a.localeCompare(b),
    );
    return modules.flatMap((module) => this.#printModule(module)).join("\n");
  }

  #printModule(module: string): string[] {
    const found = [...this.#all.values()]
      .filter((one) => one.module === module)
      .sort((a, b) => a.local.localeCompare(b.local));
    const whole = found.filter(({ kind }) => kind !== "named");
    const named = found
      .filter(({ kind }) => kind === "named")
      .map(({ text, isType }) => (isType ? `type ${text}` : text));
    return [
      ...whole.map(
        ({ kind, text, isType }) =>
          `import ${isType ? "type " : ""}${kind === "namespace" ? `* as ${text}` : text} from "${module}";`,
      ),
      ...(named.length > 0 ? [`import { ${named.join(", ")} } from "${module}";`] : []),
    ];
  }
}

function rank(module: string): number {
  return module.startsWith("node:") ? 0 : 1;
}
