// Where a teammate works. Its tools are made for this once, and go along when it is moved to another folder (s18).
import { Workspace } from "@course/runtime";

export class Workplace extends Workspace {
  readonly home: Workspace;
  #at: Workspace;

  constructor(home: Workspace) {
    super(home.root);
    this.home = home;
    this.#at = home;
  }

  moveTo(place: Workspace): void {
    this.#at = place;
  }

  override get root(): string {
    return this.#at.root;
  }

  override resolve(path: string): string {
    return this.#at.resolve(path);
  }
}
