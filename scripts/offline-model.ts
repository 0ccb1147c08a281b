// npm run offline-model: the offline model alone, for any client, until Ctrl-C. --port 8787; 0 takes a free one.
// --fault "429 on call 2" breaks it, as /fault does in a chapter.
import { startOfflineModel } from "@course/offline-model";
import { runScript } from "./lib/chapters.ts";
import { commandLine } from "./lib/command-line.ts";
import { portOf, refuseUsed } from "./lib/ports.ts";

void runScript(async () => {
  const { values } = commandLine(import.meta.filename, {
    port: { type: "string", default: "8787" },
    fault: { type: "string" },
  });
  const port = portOf(values.port);
  await refuseUsed(port);
  const server = await startOfflineModel({ port, ...(values.fault && { faults: values.fault }) });
  console.log(`The offline model listens on ${server.url}. Point a client at it:`);
  console.log(`  ANTHROPIC_BASE_URL=${server.url} ANTHROPIC_API_KEY=offline`);
});
