// What a one-file edition imports: from npm packages and from Node.
import { Node, type SourceFile, type Statement } from "ts-morph";

export interface OutsideImport {
  module: string;
  local: string;
  text: string;
  kind: "named" | "default" | "namespace";
  isType: boolean;
}

/** What a file imports from npm packages and from Node. */
export function outsideImports(file: SourceFile): OutsideImport[] {
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

export class Imports {
  readonly #all = new Map<string, OutsideImport>();
  readonly #dynamic = new Set<string>();

  /** Notes what of a file's imports the chosen statements use, under their new names. */
  collect(
    file: SourceFile,
    statements: readonly Statement[],
    isLeftOut: (node: Node) => boolean,
    renamed: ReadonlyMap<string, string> | undefined,
  ): void {
    const used = new Set<string>();
    for (const statement of statements) {
      statement.forEachDescendant((node, traversal) => {
        if (isLeftOut(node)) traversal.skip();
        else if (Node.isIdentifier(node)) used.add(node.getText());
      });
      for (const [, module = ""] of statement
        .getText()
        .matchAll(/\b(?:import|require|require\.resolve)\("([^"]+)"\)/g))
        this.#dynamic.add(/^(@[^/]+\/)?[^/]+/.exec(module)?.[0] ?? module);
    }
    for (const found of outsideImports(file)) {
      if (!used.has(found.local)) continue;
      const local = renamed?.get(found.local) ?? found.local;
      const text = local === found.local ? found.text : `${found.text} as ${local}`;
      const key = `${found.module} ${local}`;
      const isType = found.isType && (this.#all.get(key)?.isType ?? true);
      this.#all.set(key, { ...found, local, text, isType });
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
