// The picture of s16's requests, drawn from the table in its code.
import { TRANSITIONS } from "@course/s16-team-protocols";

/** A picture of the steps, and who may take them. */
export function transitionsPicture(): string {
  const steps = TRANSITIONS.map(({ action, by, to }) => `${action} (${by})`.padEnd(22) + `► ${to}`);
  const [first = ""] = TRANSITIONS.map(({ from }) => from);
  const middle = Math.floor((steps.length - 1) / 2);
  const rows = steps.map((step, index) => {
    const corner = index === 0 ? "┌" : index === steps.length - 1 ? "└" : "├";
    const head = index === middle ? `asked ──► ${first} ──` : " ".repeat(`asked ──► ${first} ──`.length);
    const joint = index === middle ? (corner === "├" ? "┼" : "┤") : corner;
    return `${head}${joint}── ${step}`;
  });
  return ["```text", ...rows, "```"].join("\n");
}
