// Where the loop calls into extensions. Not covered: whose fault it is when one of them fails.
import type { Agent, Session } from "@course/runtime";

type Wrapper<In, Out> = (input: In, next: (input: In) => Promise<Out>) => Promise<Out>;

export async function beforeModel(agent: Agent, session: Session): Promise<void> {
  for (const extension of agent.extensions) await extension.beforeModel?.(session);
}

/** The first refusal of a prompt, if an extension has one. */
export async function beforePrompt(
  { extensions }: Agent,
  session: Session,
  prompt: string,
): Promise<string | undefined> {
  for (const extension of extensions) {
    const refusal = await extension.beforePrompt?.(prompt, session);
    if (refusal) return refusal;
  }
  return undefined;
}

/** True if an extension has something to say to a model that asks for nothing more. */
export async function beforeStop(agent: Agent, session: Session): Promise<boolean> {
  for (const extension of agent.extensions) await extension.beforeStop?.(session);
  return session.hasNews;
}

export function isBusy(agent: Agent): boolean {
  return agent.extensions.some((extension) => extension.isBusy?.());
}

/** `innermost` with the wrappers of all extensions around it; the first extension's is the outermost. */
export function wrapped<In, Out>(
  agent: Agent,
  seam: "wrapToolCall",
  innermost: (input: In) => Promise<Out>,
): (input: In) => Promise<Out> {
  return agent.extensions.reduceRight<(input: In) => Promise<Out>>((next, extension) => {
    // Which types it is about follows from `innermost`.
    const wrap = extension[seam]?.bind(extension) as Wrapper<In, Out> | undefined;
    return wrap ? (input) => wrap(input, next) : next;
  }, innermost);
}
