// @course/s15-agent-teams: teammates and their mail, for later chapters.
export { agentTeams } from "./agent-teams.ts";
export { Mailbox } from "./mailbox.ts";
export { Team } from "./team.ts";
