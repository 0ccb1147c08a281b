// --inspect: the inspector as an extension of the program that it shows, so that it begins before the first event and
// ends with the program.
import type { Extension, Session } from "@course/runtime";
import { Inspector } from "./inspector.ts";
import { buildPage } from "./page.ts";

/** Builds the page if need be, and listens. `say` hears the address. Rejects with what to do. */
export async function inspectSession(
  session: Session,
  name: string,
  secrets: readonly string[],
  say: (line: string) => void,
): Promise<Extension> {
  const page = await buildPage(say);
  const inspector = await Inspector.open({ page, name, model: session.model.id, isLive: true, secrets });
  let known: typeof session.history = [];
  session.on((event) => {
    // A conversation that was taken up since, as full's --continue does.
    if (session.history !== known) session.history.forEach((one) => inspector.add(one));
    known = session.history;
    inspector.add(event);
  });
  say(`Inspector: ${inspector.address}`);
  return { name: "inspector", stop: () => inspector.close() };
}
