// A live terminal that is read as text, and a session whose events are drawn on it.
import { createModelClient, Session } from "../src/index.ts";
import { Renderer } from "../src/terminal/renderer.ts";
import { Screen } from "../src/terminal/screen.ts";
import { TestScreen } from "./terminal/terminal.ts";

export function live(columns = 80): { screen: Screen; shown: TestScreen } {
  const shown = new TestScreen(columns);
  // A terminal's driver puts a CR before each LF.
  const write = (text: string) => shown.write(text.replaceAll("\n", "\r\n"));
  const screen = new Screen({ write, isLive: true, columns: () => columns });
  return { screen, shown };
}

export function rendered(): { session: Session; renderer: Renderer; text: () => string } {
  const session = new Session(createModelClient({ env: { ANTHROPIC_API_KEY: "test" } }));
  const { screen, shown } = live(40);
  const text = () => {
    screen.close();
    return shown.text.trimEnd();
  };
  return { session, renderer: new Renderer(screen, session), text };
}
