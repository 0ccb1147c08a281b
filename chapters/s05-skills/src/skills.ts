// Skills as an extension: a list in the system prompt, load_skill, and /skills.
import { defineTool, type Extension, type Tool, type Workspace } from "@course/runtime";
import { SkillLibrary, type Skill } from "./skill-library.ts";

/** The list is in every request; a folder of hundreds must not fill the window. */
const LIST_CHARACTERS = 8_000;
const BODY_CHARACTERS = 50_000;

export function skills(workspace: Workspace): Extension {
  const library = new SkillLibrary(workspace);
  return {
    name: "skills",
    tools: [loadSkill(library)],
    // Read anew for each request: the prompt stays the same, and cached, until a skill is edited.
    systemPrompt: () => renderList(library.list().filter((skill) => skill.problem === undefined)),
    commands: {
      skills: {
        description: "lists the skills, broken ones with the reason",
        run: () => renderAll(library.list()),
      },
    },
    start(session) {
      const broken = library.list().filter((skill) => skill.problem !== undefined);
      if (broken.length > 0)
        session.emit({
          type: "notice",
          message: `Skills that cannot be used:\n${broken.map(renderBroken).join("\n")}`,
        });
    },
  };
}

function loadSkill(library: SkillLibrary): Tool {
  return defineTool({
    name: "load_skill",
    description: "Loads a skill's instructions by its name. Do this before the work that the skill is for.",
    readOnly: true,
    input: (z) => z.object({ name: z.string().min(1).describe("As it stands in the list of skills") }),
    run({ name }) {
      const { folder, file, body, files } = library.load(name);
      const text =
        body.length <= BODY_CHARACTERS
          ? body
          : `${body.slice(0, BODY_CHARACTERS)}\n[cut at ${BODY_CHARACTERS} of ${body.length} characters; read the rest from ${file}]`;
      const others =
        files.length === 0 ? "" : `\nFiles in ${folder}, to read when needed: ${files.join(", ")}`;
      return `<skill name="${name}" folder="${folder}">\n${text}\n</skill>${others}`;
    },
  });
}

/** Names and descriptions. Where they would not fit, every description is cut to the same length. */
function renderList(skills: readonly Skill[]): string {
  if (skills.length === 0) return "";
  const room = LIST_CHARACTERS / skills.length;
  const whole = skills.reduce((sum, { name, description }) => sum + name.length + description.length + 5, 0);
  const lines = skills.map(({ name, description }) => {
    const atMost = whole <= LIST_CHARACTERS ? Infinity : Math.max(0, Math.floor(room - name.length - 6));
    return `- ${name}: ${description.length <= atMost ? description : `${description.slice(0, atMost).toWellFormed()}…`}`;
  });
  return `Skills, to be loaded with load_skill:\n${lines.join("\n")}`;
}

function renderAll(skills: readonly Skill[]): string {
  if (skills.length === 0)
    return "No skills. They live in .claude/skills/NAME/SKILL.md; a new playground (npm run playground:reset) has three.";
  const ready = skills.filter((skill) => skill.problem === undefined);
  const broken = skills.filter((skill) => skill.problem !== undefined);
  return [
    ...ready.map(({ name, description, file }) => `  ${name}  (${file})\n    ${description}`),
    ...broken.map(renderBroken),
  ].join("\n");
}

function renderBroken({ file, problem }: Skill): string {
  return `  ✗ ${file}: ${problem}`;
}
