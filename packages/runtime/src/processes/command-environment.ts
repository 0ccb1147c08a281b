// What a command finds in its environment: what the user's shell would give it, and neither the model's credentials
// nor what npm and this course added to start the program.
import { delimiter, join, sep } from "node:path";

const SECRET = /^(ANTHROPIC_.*(KEY|TOKEN)|CLAUDE_.*TOKEN)$/;

/** Whether a variable holds a credential of the model's: no command has any business with it, and nobody is shown it. */
export const isCredential = (name: string) => SECRET.test(name);

/** What `npm run` sets for a script, of the form NAME=value (@npmcli/config, set-envs.js; @npmcli/run-script). */
const FROM_NPM = /^(npm_.*|INIT_CWD|NODE|COLOR)=|^EDITOR=vi$/;
const COURSE = join(import.meta.dirname, "../../../..");

export function childEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = Object.entries(env).filter(
    ([name, value]) => !isCredential(name) && !FROM_NPM.test(`${name}=${value}`),
  );
  return {
    ...Object.fromEntries(own),
    SHLVL: shellLevel(env),
    ...(env["PATH"] !== undefined && { PATH: withoutBins(env["PATH"]) }),
  };
}

/**
 * At least 1, as a shell gives it. Where an editor or a build tool starts us there may be none, and then bash takes a
 * socket on its standard input, such as Node's pipe to a server, for a remote login (bash's shell.c,
 * run_startup_files): it runs ~/.bashrc first, whose output would be the server's first words.
 */
const shellLevel = ({ SHLVL }: NodeJS.ProcessEnv) => String(Math.max(1, Number(SHLVL) || 0));

/** Without the folders of programs that npm puts in front: of the package that it runs and of every folder above it. */
function withoutBins(path: string): string {
  return path
    .split(delimiter)
    .filter((folder) => {
      if (/[/\\]node-gyp-bin$/.test(folder)) return false;
      const [, owner] = /^(.*)[/\\]node_modules[/\\]\.bin$/.exec(folder) ?? [];
      return owner === undefined || !(isWithin(owner, COURSE) || isWithin(COURSE, owner));
    })
    .join(delimiter);
}

const isWithin = (path: string, folder: string) => `${path}${sep}`.startsWith(`${folder}${sep}`);

let own: NodeJS.ProcessEnv | undefined;

/**
 * Read once: asking process.env for every variable costs a tenth of a millisecond a command. Python writes without a
 * buffer, unless the user says otherwise: what it prints to a pipe would come at its end, and never after a time-out.
 */
export const commandEnvironment = () => (own ??= { PYTHONUNBUFFERED: "1", ...childEnvironment(process.env) });
