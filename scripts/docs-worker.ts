// A process that fills pages for docs.ts, one after the other.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BlockCache } from "./lib/block-cache.ts";
import { ROOT } from "./lib/chapters.ts";
import { fillPage } from "./lib/pages.ts";
import type { PageJob } from "./lib/page-workers.ts";

// Nothing that it starts may keep it alive when docs.ts is gone.
process.on("disconnect", () => process.exit());
process.on("message", ({ page, isCheck, isFresh }: PageJob) => {
  const cache = new BlockCache(isFresh);
  const start = performance.now();
  void fillPage(readFileSync(join(ROOT, page), "utf8"), page, { cache, isCheck }).then((filled) =>
    process.send?.({ ...filled, seconds: (performance.now() - start) / 1000 }),
  );
});
