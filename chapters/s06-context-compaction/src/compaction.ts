// Compaction as an extension: large results go to files, old ones shrink, and the model summarises.
// It runs before a model call, when every call of the last reply has its result.
import {
  defineTool,
  ORDER,
  type Command,
  type Extension,
  type FlagValues,
  type Session,
  type Tool,
  type Workspace,
} from "@course/runtime";
import { Compactor } from "./compactor.ts";
import { drawContext } from "./context-picture.ts";
import { ContextWindow } from "./context-window.ts";
import { RoomKeeper } from "./room-keeper.ts";
import { ResultLimiter } from "./tool-results.ts";

const DEFAULT_WINDOW = 200_000;
const SMALLEST_WINDOW = 6_000;
/** What one reply may fill of the window. */
const REPLY_SHARE = 1 / 8;

export const compactionFlags = {
  "context-tokens": {
    value: "N",
    description: `The window that compaction keeps to; default ${DEFAULT_WINDOW}`,
  },
  "keep-thinking": { description: "Keep thinking when the conversation is edited, to see the API refuse it" },
} as const;

/** The window's size from the flags. Throws an Error if it is no number, or too small to work in. */
export function windowSize(values: FlagValues): number {
  const value = values["context-tokens"] ?? String(DEFAULT_WINDOW);
  const size = Number(value);
  if (Number.isInteger(size) && size >= SMALLEST_WINDOW) return size;
  throw new Error(`--context-tokens ${value}: expected a whole number from ${SMALLEST_WINDOW}.`);
}

export function compaction(
  workspace: Workspace,
  windowTokens = DEFAULT_WINDOW,
  keepThinking = false,
): Extension {
  const window = new ContextWindow(windowTokens);
  const compactor = new Compactor(workspace, window, { keepThinking });
  const keeper = new RoomKeeper(compactor);
  const limiter = new ResultLimiter(workspace, window.size);
  let main: Session | undefined;
  return {
    name: "compaction",
    order: ORDER.window,
    tools: [compactTool((focus) => keeper.request(focus))],
    commands: contextCommands(window, keeper),
    async beforeModel(session) {
      // Nothing to answer, so no call follows. A summary is a user message: the model would be asked to answer it.
      if (session.hasNews) await keeper.beforeModel(session);
    },
    async wrapModelCall(request, next) {
      const max_tokens = Math.min(request.params.max_tokens, Math.floor(window.size * REPLY_SHARE));
      const params = { ...request.params, max_tokens };
      const reply = await next({ ...request, params });
      // A subagent's conversation is not this window.
      if (request.session === main) window.count(params, reply.usage);
      return reply;
    },
    wrapToolCall: async (call, next) => limiter.limit(call, await next(call)),
    status: () => statusOf(main && keeper.share(main)),
    start(session, agent) {
      main = session;
      compactor.watch(session, agent);
      keeper.watch(session);
    },
    stop() {
      if (main) compactor.close(main);
    },
  };
}

function contextCommands(window: ContextWindow, keeper: RoomKeeper): Record<string, Command> {
  return {
    context: {
      description: "draws how full the window is, and of what",
      isAlone: true,
      run: (_, session, columns) => drawContext(window, session, columns),
    },
    compact: {
      description: "summarises the conversation; /compact FOCUS says what to keep",
      run(focus, session) {
        session.renewSignal();
        return keeper.tryToCompact(session, focus, true);
      },
    },
  };
}

function compactTool(request: (focus: string) => void): Tool {
  return defineTool({
    name: "compact",
    description:
      "Replaces the conversation with a summary before your next step. Call it alone, when details are no longer needed.",
    harness: true,
    input: (z) => z.object({ focus: z.string().optional().describe("What the summary must keep above all") }),
    run({ focus = "" }) {
      request(focus);
      return "The conversation is compacted before your next step.";
    },
  });
}

function statusOf(share = 0): string | undefined {
  return share >= 0.25 ? `window ${Math.round(share * 100)} % full` : undefined;
}
