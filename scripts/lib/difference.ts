/** Where two versions of a page part, in words. */
export function firstDifference(before: string, after: string): string {
  const [old, now] = [before.split("\n"), after.split("\n")];
  const at = now.findIndex((line, index) => line !== old[index]);
  return `line ${at + 1} is ${JSON.stringify(old[at] ?? "")}, should be ${JSON.stringify(now[at] ?? "")}.`;
}
