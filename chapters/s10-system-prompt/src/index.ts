// @course/s10-system-prompt: what stands in front of a conversation, for later chapters.
export { environment } from "./environment.ts";
export { projectInstructions, projectInstructionsFlags } from "./project-instructions.ts";
export { promptFlags, systemPrompt } from "./system-prompt.ts";
export { rules, toolUse } from "./sections.ts";
