// Points in time as text, in a time zone.

/** ISO 8601 with the zone's offset at that time, as in 2027-03-28T03:00:00+02:00. */
export function inZone(time: number, timeZone: string): string {
  const text = new Intl.DateTimeFormat("sv-SE", {
    timeZone,
    dateStyle: "short",
    timeStyle: "medium",
  }).format(time);
  return `${text.replace(" ", "T")}${offset(time, timeZone)}`;
}

/** Hours and minutes, as in 02:30. */
export function clockTime(time: number, timeZone: string): string {
  return inZone(time, timeZone).slice(11, 16);
}

function offset(time: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" }).formatToParts(time);
  const name = parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
  return /[+-]\d\d:\d\d/.exec(name)?.[0] ?? "+00:00";
}

/** The machine's own. */
export function localZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** A length of time in one unit, as in "3 h"; undefined below a minute. */
export function inWords(ms: number): string | undefined {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return undefined;
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`;
}
