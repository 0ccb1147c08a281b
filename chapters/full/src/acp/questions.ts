// A question of the harness as the editor's permission request. Not covered: an answer in words; that choice is left out.
import {
  methods,
  type AgentContext,
  type PermissionOptionKind,
  type RequestPermissionRequest,
} from "@agentclientprotocol/sdk";
import { errorMessage, type Answer, type Question } from "@course/runtime";

export async function askEditor(
  client: AgentContext,
  sessionId: string,
  toolCallId: string | undefined,
  { text, diff = [], choices, withText, signal }: Question,
): Promise<Answer> {
  const offered = choices.filter((choice) => choice !== withText);
  try {
    const request: RequestPermissionRequest = {
      sessionId,
      toolCall: {
        toolCallId: toolCallId ?? "question",
        title: text,
        ...(diff.length > 0 && {
          content: [{ type: "content", content: { type: "text", text: diff.join("\n") } }],
        }),
      },
      options: offered.map((name, index) => ({ optionId: String(index), name, kind: kindOf(name) })),
    };
    const options = signal && { cancellationSignal: signal };
    const { outcome } = await client.request(methods.client.session.requestPermission, request, options);
    const chosen = outcome.outcome === "selected" ? offered[Number(outcome.optionId)] : undefined;
    return chosen === undefined ? { refused: "The user gave no answer" } : { choice: chosen };
  } catch (error) {
    return { refused: `The editor could not ask the user (${errorMessage(error)})` };
  }
}

/** How the editor shows a choice. */
function kindOf(choice: string): PermissionOptionKind {
  if (/^yes, always/i.test(choice)) return "allow_always";
  return /^yes/i.test(choice) ? "allow_once" : "reject_once";
}
