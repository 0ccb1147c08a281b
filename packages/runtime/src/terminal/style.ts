// What a stream allows: NO_COLOR, pipes and dumb terminals get plain text.
import type { Host } from "./host.ts";
import { Screen } from "./screen.ts";

export function screenOn(stream: Host["stdout"]): Screen {
  const isLive = stream.isTTY === true && process.env["TERM"] !== "dumb";
  const screen = new Screen({
    write: (text) => void stream.write(text),
    isLive,
    isTerminal: stream.isTTY === true,
    hasColors: isLive && !process.env["NO_COLOR"],
    // A terminal that does not know its size says 0.
    columns: () => stream.columns || 80,
    rows: () => stream.rows || 24,
  });
  if (isLive) {
    stream.on("resize", () => screen.draw());
    process.on("exit", () => screen.close());
  }
  return screen;
}
