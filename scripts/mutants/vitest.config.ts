// How the tests run on a mutant: one file after the other in the order in which they were named, the quickest first.
import { defineConfig, mergeConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import base from "../../vitest.config.ts";

class AsNamed extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const named = (process.env["MUTANT_TESTS"] ?? "").split("\n");
    const place = ({ moduleId }: TestSpecification) =>
      named.findIndex((name) => moduleId.endsWith(`/${name}`));
    return Promise.resolve(files.toSorted((a, b) => place(a) - place(b)));
  }
}

// A test that is late on a busy machine would count as one that noticed the mutant, so a failure is tried again.
export default mergeConfig(
  base,
  defineConfig({
    test: { fileParallelism: false, sequence: { sequencer: AsNamed }, reporters: ["json"], retry: 1 },
  }),
);
