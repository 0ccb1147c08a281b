import { join } from "node:path";
import { mergeConfig } from "vitest/config";
import shared from "../../vitest.config.ts";

export default mergeConfig(shared, {
  test: { setupFiles: [join(import.meta.dirname, "note-stubs.ts")] },
});
