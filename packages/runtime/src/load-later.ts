// Packages that are loaded when they are first used: whoever waits for the prompt should not pay for them.
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

/**
 * The module in a file of TypeScript, by its absolute path. Required if this one was, as in a program before Node 22.18
 * (scripts/preflight.mjs): imported as well, what it shares with that program would be there twice.
 */
export async function loadFile<Module>(path: string): Promise<Module> {
  const require = createRequire(path);
  const isRequired = fileURLToPath(import.meta.url) in require.cache;
  return isRequired ? (require(path) as Module) : ((await import(pathToFileURL(path).href)) as Module);
}

/** The package as `require` gives it, to the file of this URL; loaded at the first call. */
export function loadLater<Package>(name: string, fileUrl: string): () => Package {
  const require = createRequire(fileUrl);
  return () => require(name) as Package;
}
