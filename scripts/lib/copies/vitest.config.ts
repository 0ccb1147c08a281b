// For copies of packages that lie beside each other in one folder. They share a process, and what it has loaded.
import { mergeConfig } from "vitest/config";
import shared from "../../../vitest.config.ts";

export default mergeConfig(shared, {
  test: { include: ["*/test/**/*.test.ts"], maxWorkers: 1 },
});
