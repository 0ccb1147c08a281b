// A policy with these rules, in a folder of its own.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Workspace } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { parseRule, Policy, type Mode } from "@course/s07-permissions";

export interface Rules {
  allow?: string[];
  ask?: string[];
  deny?: string[];
  mode?: Mode;
}

export function newPolicy(
  { allow = [], ask = [], deny = [], mode = "default" }: Rules = {},
  files: string[] = [],
) {
  const root = temporaryFolder();
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), "x");
  }
  const parse = (rules: string[]) => rules.map((rule) => parseRule(rule, "test", root));
  const policy = new Policy(new Workspace(root), {
    allow: parse(allow),
    ask: parse(ask),
    deny: parse(deny),
    mode,
    notes: [],
  });
  const judge = async (name: string, input: object, readOnly = false, tool?: { harness: boolean }) =>
    (await policy.judge({ name, input, readOnly, tool })).decision;
  return { root, policy, judge, bash: (command: string) => judge("bash", { command }) };
}

export const NARROW: Rules = { allow: ["Bash(ls:*)", "Bash(git status)"], deny: ["Bash(rm:*)"] };
