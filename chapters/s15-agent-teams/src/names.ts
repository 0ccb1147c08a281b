// Who a teammate may be called, and how many there may be.
import { ToolError } from "@course/runtime";
import { NAME } from "./mail.ts";
import type { TeammateRecord } from "./roster.ts";

export const LEAD = "lead";
/** Whose word a message must not seem to be. */
const RESERVED = [LEAD, "user", "system", "harness"];
const AT_MOST = 16;

/** Throws ToolError where no teammate of that name can be started beside the members. */
export function checkName(name: string, members: readonly TeammateRecord[]): void {
  if (RESERVED.includes(name) || !NAME.test(name))
    throw new ToolError(
      `"${name}" cannot be a teammate's name: a small letter, then at most 31 small letters, digits or dashes, and not ${RESERVED.join(", ")}.`,
    );
  const living = members.filter(({ state }) => state !== "stopped");
  if (living.some((member) => member.name === name))
    throw new ToolError(`There is a teammate ${name} already. Send it a message, or take another name.`);
  if (living.length >= AT_MOST) throw new ToolError(`There are ${AT_MOST} teammates, and no more may be.`);
}
