// @course/s15-agent-teams: teammates and their mail, for later chapters.
export type { Equipment, Newcomer, TeamAddOn } from "./add-on.ts";
export { agentTeams, teamOf } from "./agent-teams.ts";
export { Mailbox, TEAM_FOLDER } from "./mailbox.ts";
export { LEAD } from "./names.ts";
export { Team } from "./team.ts";
export type { Teammate } from "./teammate.ts";
export { Workplace } from "./workplace.ts";
