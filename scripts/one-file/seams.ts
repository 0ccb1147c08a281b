// Where the loop calls into extensions. Not covered: whose fault it is when one of them fails.
import type { Agent, Extension, Session } from "@course/runtime";

type Wrapper<In, Out> = (input: In, next: (input: In) => Promise<Out>) => Promise<Out>;

export async function beforeModel(agent: Agent, session: Session): Promise<void> {
  for (const extension of agent.extensions) await extension.beforeModel?.(session);
}

export function busy(agent: Agent): Extension[] {
  return agent.extensions.filter((extension) => extension.isBusy?.());
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
