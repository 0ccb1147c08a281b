// A screen that is read as lines, a chapter's card and a tool that does nothing, for tests without a terminal.
import { defineTool } from "../src/index.ts";
import type { Card } from "../src/terminal/chapter.ts";
import { Screen } from "../src/terminal/screen.ts";

export function newScreen({ columns = 60, isLive = false } = {}) {
  let text = "";
  const screen = new Screen({ write: (part) => void (text += part), columns: () => columns, isLive });
  return {
    screen,
    seen() {
      const lines = text.split("\n").map((line) => line.trimEnd());
      text = "";
      return lines.slice(0, -1);
    },
  };
}

export const tool = (name: string) =>
  defineTool({ name, description: name, input: (z) => z.object({}), run: () => "" });
export const card: Card = {
  edition: "1",
  title: "Title",
  stage: "stage",
  subtitle: "",
  insight: "An insight.",
  tryIt: [
    { prompt: "the first of them", effect: {} },
    { prompt: "second", effect: {}, flags: ["--x", "1"], before: ["/one", "/two"] },
  ],
  demo: { prompt: 1, commands: [] },
};
