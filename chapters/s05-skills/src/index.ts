// @course/s05-skills: skills and their frontmatter, for later chapters.
export { FrontmatterError, parseFrontmatter } from "./frontmatter.ts";
export { SkillLibrary, type Skill, type SkillSource } from "./skill-library.ts";
export { skills } from "./skills.ts";
