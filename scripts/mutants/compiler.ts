// Whether the compiler refuses a mutant. Such a one nobody could commit, so no test need notice it.
// Not covered: what a mutant breaks in other files that use its own.
import { join } from "node:path";
import { Project } from "ts-morph";
import { ROOT } from "../lib/chapters.ts";
import { apply, type Mutant } from "./mutate.ts";

export class Compiler {
  readonly #root: string;
  readonly #project = new Project({
    tsConfigFilePath: join(ROOT, "tsconfig.json"),
    skipAddingFilesFromTsConfig: true,
    // A name that a mutant leaves without use is no error of types.
    compilerOptions: { noUnusedLocals: false, noUnusedParameters: false },
  });

  constructor(root: string) {
    this.#root = root;
  }

  refuses(mutant: Mutant): boolean {
    const file = this.#project.addSourceFileAtPath(join(this.#root, mutant.file));
    const code = file.getFullText();
    const complaints = (text: string) => {
      file.replaceWithText(text);
      return file.getPreEmitDiagnostics().length;
    };
    return complaints(apply(code, mutant)) > complaints(code);
  }
}
