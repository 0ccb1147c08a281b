// Packages that are loaded when they are first used: whoever waits for the prompt should not pay for them.
import { createRequire } from "node:module";

/** The package as `require` gives it, to the file of this URL; loaded at the first call. */
export function loadLater<Package>(name: string, fileUrl: string): () => Package {
  const require = createRequire(fileUrl);
  return () => require(name) as Package;
}
