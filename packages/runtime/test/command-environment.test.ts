import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { childEnvironment, commandEnvironment } from "../src/processes/command-environment.ts";
import { REPOSITORY } from "../src/terminal/repository.ts";
import { temporaryFolder } from "../src/testing.ts";

test("credentials of the model do not reach commands", () => {
  const env = { PATH: "/bin", ANTHROPIC_API_KEY: "k", ANTHROPIC_AUTH_TOKEN: "t", ANTHROPIC_BASE_URL: "u" };
  expect(childEnvironment(env)).toEqual({ PATH: "/bin", ANTHROPIC_BASE_URL: "u", SHLVL: "1" });
});

test("what npm and the course put into the environment does not reach commands", () => {
  const course = join(REPOSITORY, "node_modules/.bin");
  const above = join(REPOSITORY, "../node_modules/.bin");
  const own = {
    SHLVL: "2",
    HOME: "/home/me",
    EDITOR: "nano",
    npmrc: "mine",
    NPM_CONFIG_LOGLEVEL: "warn",
    NODE_ENV: "test",
  };
  const env = {
    ...own,
    PATH: [
      course,
      join(REPOSITORY, "packages/runtime/node_modules/.bin"),
      above,
      "/node_modules/.bin",
      "/x/node-gyp-bin",
      "/home/me/p/node_modules/.bin",
      "/bin",
    ].join(":"),
    npm_config_prefix: "/usr",
    npm_lifecycle_event: "s13",
    INIT_CWD: "/home/me",
    NODE: "/usr/bin/node",
    COLOR: "0",
  };
  expect(childEnvironment(env)).toEqual({ ...own, PATH: "/home/me/p/node_modules/.bin:/bin" });
  expect(childEnvironment({ EDITOR: "vi" })).toEqual({ SHLVL: "1" });
});

test("Python writes without a buffer", () => {
  // An empty value would not count.
  expect(commandEnvironment()["PYTHONUNBUFFERED"]).toBeTruthy();
});

test.each([undefined, "0", "1", "many"])(
  "with SHLVL=%s, a command whose input is a pipe of Node's does not run ~/.bashrc",
  (level) => {
    const home = temporaryFolder();
    writeFileSync(join(home, ".bashrc"), "echo noise\n");
    const env = childEnvironment({ ...process.env, HOME: home, SHLVL: level });
    const { stdout } = spawnSync("bash", ["-c", "echo said"], { env, stdio: "pipe", encoding: "utf8" });
    expect(stdout).toBe("said\n");
  },
);
