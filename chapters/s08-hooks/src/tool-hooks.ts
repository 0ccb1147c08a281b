// Hooks around one tool call: before it they may refuse or change it, after it they may tell the model something.
import { resolve } from "node:path";
import {
  errorMessage,
  ORDER,
  ToolError,
  type Agent,
  type Session,
  type ToolCall,
  type ToolResult,
  type ToolRunner,
  type Workspace,
} from "@course/runtime";
import { wasRefused } from "@course/s07-permissions";
import type { Feedback } from "./feedback.ts";
import type { HookAnswer } from "./hook-answer.ts";
import type { HookRunner } from "./hook-runner.ts";
import { FILE_TOOLS, hasFailed, hookName, textOfResult, toolResponse } from "./tool-names.ts";

const [YES, NO] = ["Yes", "No"];

export class ToolHooks {
  readonly #runner: HookRunner;
  readonly #feedback: Feedback;
  readonly #root: string;
  readonly #agent: () => Agent | undefined;

  constructor(runner: HookRunner, feedback: Feedback, { root }: Workspace, agent: () => Agent | undefined) {
    this.#runner = runner;
    this.#feedback = feedback;
    this.#root = root;
    this.#agent = agent;
  }

  async wrap(call: ToolCall, next: ToolRunner): Promise<ToolResult> {
    this.#refuseIfStopped(call.session);
    const answer = await this.#run("PreToolUse", call, {});
    call.session.signal.throwIfAborted();
    this.#refuseIfStopped(call.session);
    this.#feedback.tell(call.session, "PreToolUse", { context: answer.context });
    const refusal =
      answer.block ?? (answer.permission?.behavior === "deny" ? answer.permission.reason : undefined);
    if (refusal !== undefined)
      return { content: `A hook refused this call: ${this.#feedback.limited(refusal)}`, isError: true };
    const changed = changedBy(answer, call);
    const doubt = await this.#askWithoutPermissions(changed);
    if (doubt !== undefined) return { content: `This call was not run: ${doubt}`, isError: true };
    return this.#runAndTell(changed, next);
  }

  async #runAndTell(call: ToolCall, next: ToolRunner): Promise<ToolResult> {
    let result: ToolResult;
    try {
      result = await next(call);
    } catch (error) {
      // A tool that refuses its input throws; the model reads it as a result.
      await this.#afterFailure(call, errorMessage(error));
      throw error;
    }
    const name = hookName(call.name);
    if (wasRefused(result)) return result;
    if (hasFailed(name, result)) await this.#afterFailure(call, textOfResult(result));
    else
      await this.#after("PostToolUse", call, {
        tool_response: toolResponse(name, this.#shown(call), result),
      });
    return result;
  }

  #afterFailure(call: ToolCall, error: string): Promise<void> {
    return this.#after("PostToolUseFailure", call, { error, is_interrupt: false });
  }

  async #after(event: "PostToolUse" | "PostToolUseFailure", call: ToolCall, fields: object): Promise<void> {
    if (call.session.signal.aborted) return;
    const { block, context } = await this.#run(event, call, fields);
    this.#feedback.tell(call.session, event, { block, context });
  }

  async #run(
    event: "PreToolUse" | "PostToolUse" | "PostToolUseFailure",
    call: ToolCall,
    fields: object,
  ): Promise<HookAnswer> {
    const { id, input, session, readOnly } = call;
    const name = hookName(call.name);
    const answer = await this.#runner.run({
      event,
      session,
      call: { name, input, readOnly },
      fields: { tool_name: name, tool_input: this.#shown(call), tool_use_id: id, ...fields },
    });
    this.#feedback.stop(session, answer.stop);
    return answer;
  }

  /** The input with its file's whole path, as Claude Code's hooks know it: a guard compares it with a folder. */
  #shown({ name, input, session }: ToolCall): unknown {
    const { file_path: path } = (input ?? {}) as { file_path?: unknown };
    if (typeof path !== "string" || !FILE_TOOLS.includes(hookName(name))) return input;
    return { ...(input as object), file_path: resolve(session.place?.root ?? this.#root, path) };
  }

  #refuseIfStopped(session: Session): void {
    const stopped = this.#feedback.stopOf(session);
    if (stopped !== undefined) throw new ToolError(`Not run, because a hook stopped this run: ${stopped}`);
  }

  /** Permissions (s07) ask where a hook wants that; without them nobody would. Returns why the call may not run. */
  async #askWithoutPermissions({ name, input, decision, session }: ToolCall): Promise<string | undefined> {
    const hasPermissions = this.#agent()?.extensions.some(({ order }) => order === ORDER.permissions);
    if (decision?.behavior !== "ask" || hasPermissions) return undefined;
    const answer = await session.ask({
      text: `${name} wants to run: ${JSON.stringify(input).slice(0, 400)}\n(${decision.reason})`,
      choices: [YES, NO],
      withoutHuman: `a hook wants you to be asked (${decision.reason}), and nobody is here.`,
    });
    if ("refused" in answer) return answer.refused;
    return answer.choice === YES ? undefined : "the user said no";
  }
}

/** The call as it goes on to permissions and to the tool. */
function changedBy({ permission, updatedInput }: HookAnswer, call: ToolCall): ToolCall {
  if (updatedInput)
    call.session.notice(
      `A hook changed the input of ${call.name}: ${JSON.stringify(updatedInput).slice(0, 200)}`,
    );
  const decision =
    permission && permission.behavior !== "deny"
      ? { behavior: permission.behavior, reason: permission.reason }
      : undefined;
  return { ...call, ...(updatedInput && { input: updatedInput }), ...(decision && { decision }) };
}
