// A link to a step, as in #s13-5:7: chapter s13, prompt 5, step 7.

/** The step that a link names under this anchor, counted from 1; undefined where it names none. */
export function stepInLink(hash: string, anchor: string): number | undefined {
  const [, name, step] = /^#(.*):(\d{1,6})$/.exec(decoded(hash)) ?? [];
  return name === anchor && Number(step) > 0 ? Number(step) : undefined;
}

export function linkTo(anchor: string, step: number): string {
  return `#${encodeURIComponent(anchor)}:${step}`;
}

function decoded(hash: string): string {
  try {
    return decodeURIComponent(hash);
  } catch {
    return hash;
  }
}
