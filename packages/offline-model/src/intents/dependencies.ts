// A plan in words: its tasks, and what each waits for. What reads like a dependency and cannot be told is a
// problem, so that no plan is made that leaves one out.

/** What waits for what, by the places of the tasks, counted from 0. */
type Edge = readonly [waiting: number, before: number];

export interface Plan {
  subjects: string[];
  edges: Edge[];
}

const ORDINALS = [
  "first",
  "second",
  "third",
  "fourth",
  "fifth",
  "sixth",
  "seventh",
  "eighth",
  "ninth",
  "tenth",
];
const WAITS =
  /^(.+?) (?:must |should |can |may |will |has to |have to |only |then )*(?:waits? (?:for|on|until)|depends? (?:up)?on|needs?|requires?|(?:is |are |be )?blocked by|follows?|(?:comes? |goes? |runs? |starts? |happens? |is |be done )?(?:only )?(?:after|once|when)) (.+)$/i;
const PRECEDES =
  /^(.+?) (?:must |should |has to |have to )*(?:blocks?|precedes?|(?:comes? |goes? |runs? |happens? |is |are |be )?(?:done |finished )?before) (.+)$/i;
const IN_ORDER =
  /^(?:(?:they |all |do them |each |these )?(?:are |must be done |run |go )?(?:one after (?:the other|another)|in (?:this|that|the given) order|in order|in sequence)|(?:each|every)(?: one| task)? (?:waits for|depends on|needs|follows|after) (?:the one before(?: it)?|the previous(?: one| task)?|its predecessor))$/i;
const NO_ORDER = /^(?:(?:they are |all are )?independent|in any order|no dependencies|nothing waits)$/i;

/** Splits where the separator stands outside backticks and quotes. */
function split(text: string, separator: RegExp): string[] {
  const mask = text.replace(/`[^`]*`|"[^"]*"/g, (inner) => "_".repeat(inner.length));
  const parts: string[] = [];
  let from = 0;
  for (const found of mask.matchAll(new RegExp(separator, "gi"))) {
    parts.push(text.slice(from, found.index));
    from = found.index + found[0].length;
  }
  return [...parts, text.slice(from)].map((part) => part.trim()).filter(Boolean);
}

/** "create a.md, run `ls a, b`, and then test it" as steps, in their order. */
export function splitSteps(text: string): string[] {
  return split(text, /[,;] (?:and )?(?:then )?| and then /);
}

/** The tasks of a list; the last two may be joined by "and". */
function splitTasks(text: string): string[] {
  const items = split(text, /, ?/).map((item) => item.replace(/^and (?!then\b)/i, ""));
  const last = items.pop() ?? "";
  const hasOxfordComma = /,\s*and /i.test(text);
  return [...items, ...(hasOxfordComma ? [last] : split(last, / and (?=(?:then )?\w)/))];
}

/** Reads "A, B, C; C waits for A". Returns the plan, or why it cannot be made. */
export function readPlan(text: string): Plan | string {
  const [items = "", ...clauses] = split(text, /;|\.(?=\s|$)|\n/);
  const plan: Plan = { subjects: [], edges: [] };
  const asked: { clause: string; said: string }[] = [];
  for (const [index, item] of splitTasks(items).entries()) {
    const { subject, clause } = readItem(item, index);
    plan.subjects.push(subject);
    if (clause !== undefined) asked.push({ clause, said: item });
  }
  for (const { clause, said } of [...asked, ...clauses.map((clause) => ({ clause, said: clause }))]) {
    const edges = readClause(clause, plan.subjects);
    if (edges === undefined) return `I cannot tell what "${said}" waits for`;
    plan.edges.push(...edges);
  }
  const edges = plan.edges.filter(
    ([a, b], index, all) => all.findIndex(([c, d]) => a === c && b === d) === index,
  );
  if (hasCycle(plan.subjects.length, edges)) return "The tasks would wait for each other in a circle";
  return { ...plan, edges };
}

/** A task, and as a clause what it says of its place: "then publish", "publish after the tests", "finally publish". */
function readItem(item: string, index: number): { subject: string; clause?: string } {
  const place = index + 1;
  const then = /^(?:and )?(?:then|next|after that|afterwards),? (.+)$/i.exec(item)?.[1];
  if (then !== undefined) return { subject: then, clause: `#${place} waits for #${place - 1}` };
  const finally_ = /^(?:and )?(?:finally|lastly|last|at the end),? (.+)$/i.exec(item)?.[1];
  if (finally_ !== undefined) return { subject: finally_, clause: `#${place} waits for the others` };
  const first = /^(?:first,? (.+)|(.+) first)$/i.exec(item);
  if (first) return { subject: first[1] ?? first[2] ?? "", clause: `the others wait for #${place}` };
  const inside =
    /^(.+?),? \(?(?:(?:which |that )?(?:waits for|depends on|needs|is blocked by)|after|once|as soon as|when) ([^)]+)\)?$/i.exec(
      item,
    );
  if (inside) return { subject: inside[1] ?? "", clause: `#${place} waits for ${inside[2]}` };
  const before = /^(.+?),? \(?before ([^)]+)\)?$/i.exec(item);
  if (before) return { subject: before[1] ?? "", clause: `#${place} blocks ${before[2]}` };
  return { subject: item };
}

/** The edges that a clause asks for; undefined if a part of it cannot be told. */
function readClause(clause: string, subjects: readonly string[]): Edge[] | undefined {
  const text = clause.replace(/^(?:and|but|where|so that) /i, "").replace(/[.!]$/, "");
  if (IN_ORDER.test(text)) return subjects.slice(1).map((_, index) => [index + 1, index]);
  if (NO_ORDER.test(text)) return [];
  const waits = WAITS.exec(text);
  const precedes = PRECEDES.exec(text);
  const edges =
    (waits && edgesBetween(waits[1], waits[2], subjects)) ??
    (precedes && edgesBetween(precedes[1], precedes[2], subjects)?.map(([a, b]): Edge => [b, a]));
  if (edges) return edges;
  // "2 waits for 1, and 3 for ..." : two clauses in one.
  for (const found of text.matchAll(/, (?:and |but )?| and /gi)) {
    const left = readClause(text.slice(0, found.index), subjects);
    const right = left && readClause(text.slice(found.index + found[0].length), subjects);
    if (left && right) return [...left, ...right];
  }
  return undefined;
}

function edgesBetween(waiting = "", before = "", subjects: readonly string[]): Edge[] | undefined {
  const isRest = (text: string) => REST.test(text);
  const right = isRest(before) ? undefined : places(before, subjects);
  const left = isRest(waiting) ? undefined : places(waiting, subjects);
  if ((!right && !isRest(before)) || (!left && !isRest(waiting))) return undefined;
  const others = (own: readonly number[] = []) =>
    [...subjects.keys()].filter((place) => !own.includes(place));
  const edges = (left ?? others(right)).flatMap((a) => (right ?? others(left)).map((b): Edge => [a, b]));
  return edges.length > 0 && edges.every(([a, b]) => a !== b) ? edges : undefined;
}

const REST =
  /^(?:all )?(?:of )?(?:the )?(?:others?|other (?:ones|tasks|two|three)|rest|everything else|all others|both others?|both|all of them|them)(?: (?:to be|are|is|have|has)? ?(?:done|finished|completed|finish|first))?$/i;

/** The tasks that "the tests and the changelog", "1 and 2", "the first two" mean; undefined if one is none of them. */
function places(reference: string, subjects: readonly string[]): number[] | undefined {
  const text = reference.replace(
    /,? (?:to (?:finish|be done|be finished)|(?:is|are|has|have)(?: been)? (?:done|finished|completed))$|(?<!\bthe),? first$|^tasks (?=#?\d)/gi,
    "",
  );
  const firstTwo = /^the first (two|three|four)$/i.exec(text)?.[1]?.toLowerCase();
  if (firstTwo !== undefined)
    return [...subjects.keys()].slice(0, ["two", "three", "four"].indexOf(firstTwo) + 2);
  const whole = placeOf(text, subjects);
  if (whole !== undefined) return [whole];
  const parts = split(text, /,? and |, ?/).map((part) => placeOf(part, subjects));
  return parts.length > 1 && parts.every((place) => place !== undefined) ? parts : undefined;
}

function placeOf(reference: string, subjects: readonly string[]): number | undefined {
  const text = reference.toLowerCase().trim();
  const number = /^(?:task )?(?:number |no\. ?|#)?(\d+)$/.exec(text)?.[1];
  if (number !== undefined)
    return Number(number) >= 1 && Number(number) <= subjects.length ? Number(number) - 1 : undefined;
  const nth = /^(?:the )?(\w+)(?: one| task| step)?$/.exec(text)?.[1] ?? "";
  if (nth === "last" && subjects.length > 0) return subjects.length - 1;
  const ordinal = ORDINALS.indexOf(nth);
  if (ordinal !== -1) return ordinal < subjects.length ? ordinal : undefined;
  const found = [...subjects.keys()].filter((place) => names(text, subjects[place] ?? ""));
  return found.length === 1 ? found[0] : undefined;
}

/** "publishing" names "publish the release": each of its words begins as one of the subject's does. */
function names(reference: string, subject: string): boolean {
  const words = (text: string) =>
    (text.toLowerCase().match(/[\w.-]+/g) ?? []).filter(
      (word) => !/^(?:the|a|an|task|step|is|are|my|our)$/.test(word),
    );
  const wanted = words(reference);
  const isSame = (a: string, b: string) =>
    a === b || (Math.min(a.length, b.length) >= 4 && a.slice(0, 4) === b.slice(0, 4));
  return wanted.length > 0 && wanted.every((word) => words(subject).some((other) => isSame(word, other)));
}

function hasCycle(size: number, edges: readonly Edge[]): boolean {
  const open = new Set(Array.from({ length: size }, (_, place) => place));
  for (;;) {
    const free = [...open].filter((place) => edges.every(([a, b]) => a !== place || !open.has(b)));
    if (free.length === 0) return open.size > 0;
    for (const place of free) open.delete(place);
  }
}
