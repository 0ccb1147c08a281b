// Background tasks as text, for the model and for the user.
import { isActive, type RuntimeTaskRecord } from "./runtime-task.ts";

/** What one block may hold of outputs: hundreds of tasks that end together must not fill the window. */
const OUTPUT_CHARACTERS = 20_000;

/** The block in which ended tasks are announced to the model. */
export function renderResults(records: readonly RuntimeTaskRecord[]): string {
  const room = Math.floor(OUTPUT_CHARACTERS / records.length);
  const told = records.map((record) => renderRecord(record, room));
  return `<background-results>\n${told.join("\n")}\n</background-results>`;
}

export function renderRecord(record: RuntimeTaskRecord, outputCharacters = Infinity): string {
  const exit = record.exitCode === null ? "" : ` exit_code="${record.exitCode}"`;
  // What a command is or prints must not be able to close the block that quotes it.
  const quoted = (text: string) => text.trimEnd().replaceAll("</", "<\\/");
  const output = quoted(record.preview.slice(-outputCharacters).toWellFormed());
  return [
    `<task id="${record.id}" status="${record.status}"${exit} seconds="${seconds(record)}">`,
    `command: ${quoted(onOneLine(record.command))}`,
    `log: ${record.outputFile}`,
    ...(output === "" ? [] : [output]),
    "</task>",
  ].join("\n");
}

export function renderList(records: readonly RuntimeTaskRecord[]): string {
  if (records.length === 0) return "No background tasks.";
  return records
    .map(
      (record) =>
        `${record.id}  ${record.status.padEnd(11)} ${seconds(record).padStart(6)} s  ${onOneLine(record.command)}`,
    )
    .join("\n");
}

/** A command may be a script of any length; the model knows what it wrote. */
function onOneLine(command: string): string {
  const line = command.replaceAll("\n", " ");
  return line.length <= 200 ? line : `${line.slice(0, 200)} ...`;
}

/** What an earlier program left, for the user. */
export function describeFound(records: readonly RuntimeTaskRecord[]): string[] {
  const ended = records.filter((record) => !isActive(record));
  return [
    ...listed("Left by an earlier session; the model is told with your next prompt:", ended),
    ...listed("Taken up from the queue:", records.filter(isActive)),
  ];
}

/** What a queue still has when the program ends, for the user. */
export function describeGoingOn(records: readonly RuntimeTaskRecord[]): string[] {
  return listed("These go on in the queue; start with --lanes again to hear of them:", records);
}

const listed = (heading: string, records: readonly RuntimeTaskRecord[]) =>
  records.length === 0 ? [] : [`${heading}\n${renderList(records)}`];

/** What ends because the program does, for the user. */
export function describeStopped(records: readonly RuntimeTaskRecord[]): string {
  return `Still running, and ended with the program:\n${renderList(records)}`;
}

function seconds({ startedAt, endedAt, status }: RuntimeTaskRecord): string {
  if (status === "interrupted") return "?";
  if (startedAt === null) return "0.0";
  const end = endedAt === null ? Date.now() : Date.parse(endedAt);
  return ((end - Date.parse(startedAt)) / 1000).toFixed(1);
}
