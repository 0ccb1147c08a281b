// Where the runtime calls into extensions, so that whatever one of them does wrong is told under its name.
// This is the mistake that one makes first with a mechanism of one's own.
import type { Session } from "./conversation/session.ts";
import { errorMessage, ToolError } from "./errors.ts";
import type { Agent, Extension } from "./extension.ts";

type Seam = "wrapModelCall" | "wrapToolCall";
type Wrapper<In, Out> = (input: In, next: (input: In) => Promise<Out>) => Promise<Out>;

/** Calls one member of an extension; what it throws names the extension. A ToolError stays what it is. */
export async function named<T>(extension: Extension, seam: string, call: () => T | Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ToolError) throw error;
    throw new Error(`The extension "${extension.name}" failed in ${seam}: ${errorMessage(error)}`, {
      cause: error,
    });
  }
}

/** Before each model call: every extension, in the agent's order. Rejects with what one throws, under its name. */
export async function beforeModel(agent: Agent, session: Session): Promise<void> {
  for (const extension of agent.extensions)
    if (extension.beforeModel) await named(extension, "beforeModel", () => extension.beforeModel?.(session));
}

/** Before a prompt is added: the first refusal, if an extension has one. */
export async function beforePrompt(
  agent: Agent,
  session: Session,
  prompt: string,
): Promise<string | undefined> {
  for (const extension of agent.extensions) {
    const refusal = await named(extension, "beforePrompt", () => extension.beforePrompt?.(prompt, session));
    if (refusal) return refusal;
  }
  return undefined;
}

/** When the model asks for nothing more. True if an extension has something to say to it. */
export async function beforeStop(agent: Agent, session: Session): Promise<boolean> {
  for (const extension of agent.extensions)
    if (extension.beforeStop) await named(extension, "beforeStop", () => extension.beforeStop?.(session));
  return session.hasNews;
}

/** Before a summary takes the conversation's place. Rejects with ToolError where an extension refuses. */
export async function beforeCompaction(
  agent: Agent,
  session: Session,
  trigger: "manual" | "auto",
): Promise<void> {
  for (const extension of agent.extensions)
    await named(extension, "beforeCompaction", () => extension.beforeCompaction?.(session, trigger));
}

/** Whether an extension has work under way. One that cannot say has none. */
export function isBusy(agent: Agent): boolean {
  return agent.extensions.some((extension) => {
    try {
      return extension.isBusy?.();
    } catch {
      return false;
    }
  });
}

/** `innermost` with the wrappers of all extensions around it; the first extension's is the outermost. */
export function wrapped<In, Out extends object>(
  agent: Agent,
  seam: Seam,
  innermost: (input: In) => Promise<Out>,
): (input: In) => Promise<Out> {
  return agent.extensions.reduceRight<(input: In) => Promise<Out>>((next, extension) => {
    // Both seams have this shape; which types it is about follows from `innermost`.
    const wrap = extension[seam]?.bind(extension) as Wrapper<In, Out> | undefined;
    return wrap ? (input) => layer(extension, seam, wrap, input, next) : next;
  }, innermost);
}

async function layer<In, Out extends object>(
  extension: Extension,
  seam: Seam,
  wrap: Wrapper<In, Out>,
  input: In,
  next: (input: In) => Promise<Out>,
): Promise<Out> {
  // What comes from further in is not this extension's failure.
  const passed = new Set<unknown>();
  const inner = async (changed: In) => {
    try {
      return await next(changed);
    } catch (error) {
      passed.add(error);
      throw error;
    }
  };
  let result: Out | undefined;
  try {
    result = await wrap(input, inner);
  } catch (error) {
    if (passed.has(error)) throw error;
    return named(extension, seam, () => Promise.reject(error as Error));
  }
  if (typeof result === "object" && result !== null) return result;
  throw new Error(
    `The extension "${extension.name}" failed in ${seam}: it returned nothing. Return what next() gave.`,
  );
}
