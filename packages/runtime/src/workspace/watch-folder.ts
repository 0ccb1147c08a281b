// Hearing of files that change in a folder, as other programs change them, too. Watching may miss something, or not work at
// all (a network drive), so whoever must not miss anything looks now and then as well.
import { watch, type FSWatcher } from "node:fs";

export interface FolderWatch {
  /** Which files count, by name. */
  isOurs(name: string): boolean;
  onChange(): void;
  /** How often there is a look besides, and what is done then; none if undefined. */
  look?: { everyMs: number; onLook(): void };
}

/** Returns the function that ends it. `open` returns the folder; where it throws, there is only the look. */
export function watchFolder(open: () => string, { isOurs, onChange, look }: FolderWatch): () => void {
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(open(), { persistent: false }, (_, name) => {
      if (name !== null && isOurs(name)) onChange();
    });
    watcher.on("error", () => watcher?.close());
  } catch {
    // Nothing is lost but the news.
  }
  const looks = look && setInterval(() => look.onLook(), look.everyMs).unref();
  return () => {
    clearInterval(looks);
    watcher?.close();
  };
}
