// Settings of a project, read from a file with this content.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Workspace } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { applyGrant, loadSettings, Policy } from "@course/s07-permissions";

export function load(content: string | Buffer, values = {}) {
  const root = temporaryFolder();
  mkdirSync(join(root, ".claude"));
  writeFileSync(join(root, ".claude/settings.json"), content);
  const workspace = new Workspace(root);
  const settings = loadSettings(workspace, values, temporaryFolder());
  for (const grant of settings.grants ?? []) applyGrant(settings, grant);
  return { settings, policy: new Policy(workspace, settings) };
}
