// Hooks as an extension: at each event the user's programs are told what happens, and what they answer is done. A hook
// stands outside permissions (s07): what it changes is judged afterwards.
import {
  ORDER,
  textOf,
  ToolError,
  type Agent,
  type Extension,
  type FlagValues,
  type Session,
  type Workspace,
} from "@course/runtime";
import { Trust, trustFlag } from "@course/s07-permissions";
import { Conversations } from "./conversations.ts";
import { Feedback } from "./feedback.ts";
import { renderHooks } from "./hook-list.ts";
import { HookRunner } from "./hook-runner.ts";
import type { NotRun } from "./hook-settings.ts";
import { SessionEvents } from "./session-events.ts";
import { ToolHooks } from "./tool-hooks.ts";
import { loadHooks } from "./trusted-hooks.ts";

/** After so many in a row a Stop hook is not heard any more. */
const MOST_STOPS = 8;

export const hookFlags = trustFlag;

export function hooks(workspace: Workspace, values: FlagValues = {}): Extension {
  const conversations = new Conversations(workspace);
  let agent: Agent | undefined;
  const runner = new HookRunner(workspace, (session) => ({
    ...conversations.about(session),
    permission_mode: permissionMode(agent),
  }));
  const feedback = new Feedback(workspace);
  const tools = new ToolHooks(runner, feedback, () => agent);
  const events = new SessionEvents(runner, feedback, conversations);
  /** How often in a row a Stop hook sent each conversation back to work. */
  const stops = new WeakMap<Session, number>();
  let notRun: NotRun[] = [];
  return {
    name: "hooks",
    order: ORDER.hooks,
    commands: {
      hooks: {
        description: "lists the hooks, and what each did",
        run: () => renderHooks(runner, notRun),
      },
    },
    async start(session, started) {
      agent = started;
      const loaded = await loadHooks(workspace, new Trust({ trustsAll: values["trust"] === true }), session);
      notRun = loaded.notRun;
      runner.use(loaded.hooks);
      await events.start(session);
    },
    async beforePrompt(prompt, session) {
      await events.settled;
      feedback.stopped = undefined;
      stops.delete(session);
      const answer = await runner.run({ event: "UserPromptSubmit", session, fields: { prompt } });
      session.signal.throwIfAborted();
      const refusal = answer.stop ?? answer.block;
      if (refusal !== undefined) return `A hook refused the prompt: ${refusal}`;
      feedback.tell(session, "UserPromptSubmit", { context: answer.context });
      return undefined;
    },
    async wrapModelCall(request, next) {
      await events.beforeCall(request.session);
      if (feedback.stopped !== undefined) throw new ToolError(`A hook stopped this run: ${feedback.stopped}`);
      return next(request);
    },
    wrapToolCall: (call, next) => tools.wrap(call, next),
    async beforeStop(session) {
      const subagent = conversations.subagent(session);
      const event = subagent ? "SubagentStop" : "Stop";
      const count = stops.get(session) ?? 0;
      const last = session.messages.findLast(({ role }) => role === "assistant");
      const { block, stop } = await runner.run({
        event,
        session,
        subject: subagent?.agent_type ?? "",
        fields: {
          stop_hook_active: count > 0,
          last_assistant_message: last ? textOf(last.content) : "",
          ...(subagent && { agent_transcript_path: subagent.agent_transcript_path }),
        },
      });
      stops.delete(session);
      if (stop !== undefined) return session.notice(`A hook ended the run: ${stop}`);
      if (block === undefined) return;
      if (count >= MOST_STOPS)
        return session.notice(
          `${event} hooks blocked ${MOST_STOPS} times in a row; the run ends all the same.`,
        );
      stops.set(session, count + 1);
      feedback.tell(session, event, { block });
    },
    async beforeCompaction(session, trigger) {
      const fields = { trigger, custom_instructions: "" };
      const answer = await runner.run({ event: "PreCompact", session, subject: trigger, fields });
      feedback.stopped ??= answer.stop;
      const refusal = answer.stop ?? answer.block;
      if (refusal !== undefined) throw new ToolError(`a hook refused it: ${refusal}`);
      events.compacting();
    },
    stop: () => events.stop(),
  };
}

/** What the extension that stands in the place of permissions says of itself. */
function permissionMode(agent: Agent | undefined): string {
  const permissions = agent?.extensions.find(({ order }) => order === ORDER.permissions);
  return permissions?.status?.() ?? "default";
}
