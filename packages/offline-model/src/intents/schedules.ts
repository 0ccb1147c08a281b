// Work that starts later (s14). Where schedule_create is not offered, the model promises what nobody will ask it
// to do: that is the pain which s14 removes.
import { intent, only, type Episode, type Intent, type Situation } from "../episode.ts";
import { call } from "../reply.ts";

const MISSING = "This chapter has no schedules; run s14 for them.";
const UNITS: Readonly<Record<string, number>> = { second: 1_000, minute: 60_000, hour: 3_600_000 };
const KEEP = /,? and keep (?:it|this)\b.*$/i;

interface When {
  cron?: string;
  at?: string;
  recurring?: boolean;
}

function* create(situation: Situation, what: string, when: When): Episode {
  const prompt = capitalized(what.replace(KEEP, ""));
  if (!situation.has("schedule_create")) return `I will do that when the time comes: ${prompt}`;
  const durable = KEEP.test(what);
  const created = only(yield call("schedule_create", { prompt, ...when, ...(durable && { durable }) }));
  return created.isError ? `That did not work: ${created.text}` : created.text;
}

function* nightly(situation: Situation): Episode {
  const [, hour, minute, what = ""] = situation.match;
  return yield* create(situation, what, { cron: `${Number(minute)} ${Number(hour)} * * *` });
}

function* repeatedly(situation: Situation): Episode {
  const [, count = "1", unit = "minute", what = ""] = situation.match;
  const step = count === "1" ? "*" : `*/${count}`;
  const fields: Readonly<Record<string, string>> = {
    second: `${step} * * * * *`,
    minute: `${step} * * * *`,
    hour: `0 ${step} * * *`,
  };
  return yield* create(situation, what, { cron: fields[unit.toLowerCase()] ?? "" });
}

function* onDate(situation: Situation): Episode {
  const [, day, month = "", what = ""] = situation.match;
  const number = MONTHS.indexOf(month.slice(0, 3).toLowerCase()) + 1;
  return yield* create(situation, what, { cron: `0 9 ${day} ${number} *`, recurring: false });
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

function* later(situation: Situation): Episode {
  const [, count, unit = "", what = ""] = situation.match;
  if (!situation.has("schedule_create")) return yield* create(situation, what, {});
  // A model does not know what time it is.
  const now = /It is (\S+)/.exec(only(yield call("schedule_list")).text)?.[1] ?? "";
  const at = Date.parse(now) + Number(count) * (UNITS[unit.toLowerCase()] ?? 0);
  return yield* create(situation, what, { at: new Date(at).toISOString() });
}

/** What fired, done as if it had just been asked. */
function* obey({ prompt }: Situation): Episode {
  const [, id, what = ""] = /<schedule id="([^"]+)"[^>]*>\n([\s\S]*?)\n<\/schedule>/.exec(prompt) ?? [];
  const commands = [...what.matchAll(/`([^`]+)`/g)].map((found) => found[1] ?? "");
  if (commands.length === 0) return `${id}: ${what}`;
  const ran = yield commands.map((command) => call("bash", { command }));
  const lines = ran.map(({ text, isError }, index) => {
    const last = text.trim().split("\n").at(-1) ?? "";
    if (isError) return `${id}: ${commands[index]} did not run: ${text}`;
    return `${id}: ${commands[index]} ran${last === "" ? "" : ` -> ${last}`}`;
  });
  return lines.join("\n");
}

function* list({ has }: Situation): Episode {
  return has("schedule_list") ? only(yield call("schedule_list")).text : MISSING;
}

function* remove({ match, has }: Situation): Episode {
  if (!has("schedule_delete")) return MISSING;
  return only(yield call("schedule_delete", { id: match[1] })).text;
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

export const scheduleIntents: Intent[] = [
  intent(/^<scheduled-prompt>/, obey),
  intent(
    /^every (?:night|day|morning|evening) at (\d{1,2}):(\d\d),? (.+)/is,
    nightly,
    "Every night at 02:30, run `npm test`",
    "schedule_create",
  ),
  intent(/^every (?:(\d+) )?(second|minute|hour)s?,? (.+)/is, repeatedly),
  intent(/^on (\d{1,2}) ([a-z]+),? (.+)/is, onDate),
  intent(
    /^in (\d+) (second|minute|hour)s?,? (.+)/is,
    later,
    "In 10 minutes, run `npm test`",
    "schedule_create",
  ),
  intent(
    /^(?:show|list) (?:me )?(?:all )?(?:the |my )?schedules/i,
    list,
    "Show the schedules",
    "schedule_list",
  ),
  intent(/^(?:cancel|delete) (?:the )?(?:schedule )?(sch_\w+)/i, remove),
];
