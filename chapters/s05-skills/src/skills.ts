// Skills as an extension: a list in the system prompt, load_skill, and /skills. The list is made once per conversation,
// because what the model thinks is bound to the prompt before it; what changes later is told at the end.
import { defineTool, type Extension, type Tool, type Workspace } from "@course/runtime";
import { SkillLibrary, type Skill, type SkillSource } from "./skill-library.ts";

/** The list is in every request; a folder of hundreds must not fill the window. */
const LIST_CHARACTERS = 8_000;
const BODY_CHARACTERS = 50_000;

/** `sources` are folders besides the workspace's, and may change while the program runs (s19). */
export function skills(workspace: Workspace, sources?: () => readonly SkillSource[]): Extension {
  const library = new SkillLibrary(workspace, sources);
  const ready = () => library.list().filter((skill) => skill.problem === undefined);
  /** The skills as the model knows them; undefined before the prompt is made. */
  let told: Skill[] | undefined;
  return {
    name: "skills",
    tools: [loadSkill(library)],
    systemPrompt: () => renderList((told = ready())),
    beforeModel(session) {
      if (!told) return;
      const now = ready();
      const note = renderChanges(told, now);
      if (note !== undefined) session.inject(note);
      told = now;
    },
    commands: {
      skills: {
        description: "lists the skills, broken ones with the reason",
        run: () => renderAll(library.list()),
      },
    },
    start(session) {
      session.on((event) => {
        if (event.type === "cleared") told = undefined;
      });
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

/** Names and descriptions. Where they would not fit, every line is cut to the same length, but never its name. */
function renderList(skills: readonly Skill[]): string {
  if (skills.length === 0) return "";
  const whole = skills.map((skill) => lineOf(skill)).join("\n");
  const share = Math.floor(LIST_CHARACTERS / skills.length) - 2;
  const list =
    whole.length <= LIST_CHARACTERS ? whole : skills.map((skill) => lineOf(skill, share)).join("\n");
  return `Skills, to be loaded with load_skill:\n${list}`;
}

function lineOf({ name, description }: Skill, atMost = Infinity): string {
  const start = `- ${name}: `;
  const room = Math.max(0, atMost - start.length);
  return start + (description.length <= room ? description : `${description.slice(0, room).toWellFormed()}…`);
}

/** What has changed since the list was made, for the model; undefined if nothing has. */
function renderChanges(before: readonly Skill[], now: readonly Skill[]): string | undefined {
  const known = new Map(before.map((skill) => [skill.name, skill]));
  const left = new Set(now.map(({ name }) => name));
  const lines = [
    ...now.flatMap(({ name, description, version }) => {
      const old = known.get(name);
      if (old?.version === version && old) return [];
      return [`- ${name} (${old ? "edited, load it again" : "new"}): ${description}`];
    }),
    ...before.flatMap(({ name }) => (left.has(name) ? [] : [`- ${name} (gone)`])),
  ];
  return lines.length > 0 ? `<skills-changed>\n${lines.join("\n")}\n</skills-changed>` : undefined;
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
