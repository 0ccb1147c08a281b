// Hooks as an extension: at each event the user's programs are told what happens, and their answer is carried out. Hooks
// sit outside permissions (s07), so what a hook changes is judged afterwards.
import {
  ORDER,
  ToolError,
  type Agent,
  type Extension,
  type FlagValues,
  type Session,
  type Workspace,
} from "@course/runtime";
import { permissionMode, Trust, trustFlag } from "@course/s07-permissions";
import { Conversations } from "./conversations.ts";
import { Feedback } from "./feedback.ts";
import { renderHooks } from "./hook-list.ts";
import { HookRunner } from "./hook-runner.ts";
import type { HookFile, NotRun } from "./hook.ts";
import { SessionEvents } from "./session-events.ts";
import { StopHooks } from "./stop-hooks.ts";
import { ToolHooks } from "./tool-hooks.ts";
import { loadHooks } from "./trusted-hooks.ts";

export const hookFlags = trustFlag;

/** Hooks that others bring, trusted already, as plugins do (s19). */
export type MoreHooks = (session: Session) => Promise<readonly HookFile[]>;

export function hooks(workspace: Workspace, values: FlagValues = {}, more?: MoreHooks): Extension {
  const trust = new Trust({ trustsAll: values["trust"] === true });
  const conversations = new Conversations(workspace);
  const feedback = new Feedback(workspace);
  let agent: Agent | undefined;
  const runner = runnerOf(workspace, conversations, () => agent);
  const tools = new ToolHooks(runner, feedback, workspace, () => agent);
  const stops = new StopHooks(runner, feedback, conversations);
  const events = new SessionEvents(runner, feedback, conversations);
  let notRun: NotRun[] = [];
  return {
    name: "hooks",
    order: ORDER.hooks,
    commands: {
      hooks: { description: "lists the hooks, and what each did", run: () => renderHooks(runner, notRun) },
    },
    async start(session, started) {
      agent = started;
      const loaded = await loadHooks(workspace, trust, session, await more?.(session));
      notRun = loaded.notRun;
      runner.use(loaded.hooks);
      await events.start(session);
    },
    async beforePrompt(prompt, session) {
      stops.reset(session);
      return events.prompt(session, prompt);
    },
    async wrapModelCall(request, next) {
      await events.beforeCall(request.session);
      const stopped = feedback.stopOf(request.session);
      if (stopped !== undefined) throw new ToolError(`A hook stopped this run: ${stopped}`);
      return next(request);
    },
    wrapToolCall: (call, next) => tools.wrap(call, next),
    beforeStop: (session) => stops.beforeStop(session),
    beforeCompaction: (session, trigger) => events.compaction(session, trigger),
    stop: () => events.stop(),
  };
}

/** Every hook is told of the conversation, and of the mode that permissions are in. */
function runnerOf(
  workspace: Workspace,
  conversations: Conversations,
  agent: () => Agent | undefined,
): HookRunner {
  return new HookRunner(workspace, (session) => {
    const started = agent();
    const permission_mode = (started && permissionMode(started)) ?? "default";
    return { ...conversations.about(session), permission_mode };
  });
}
