// The offline model alone, for any client: npm run offline-model -- --port 8787
import { parseArgs } from "node:util";
import { startOfflineModel } from "./index.ts";

try {
  const { values } = parseArgs({
    options: { port: { type: "string", default: "8787" }, fault: { type: "string" } },
  });
  const port = Number(values.port);
  if (values.port === "" || !Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`--port ${values.port}: expected 0 to 65535.`);
  const server = await startOfflineModel({ port, ...(values.fault && { faults: values.fault }) });
  console.log(`The offline model listens on ${server.url}. Point a client at it:`);
  console.log(`  ANTHROPIC_BASE_URL=${server.url} ANTHROPIC_API_KEY=offline`);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
