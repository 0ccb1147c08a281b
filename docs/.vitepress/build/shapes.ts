// What the build hands to the pages.

/** A file, as HTML for each line. */
export interface FileLines {
  path: string;
  lines: string[];
}

/** What a block of code shows of a file: the numbers of the lines, from 1. */
export interface Step {
  path: string;
  symbol: string;
  lines: number[];
}

export interface ChapterSources {
  id: string;
  files: FileLines[];
}

export interface CourseChapter {
  /** Short name, as in s13. */
  id: string;
  /** The lesson's file, as in s13-background-tasks. */
  name: string;
  title: string;
  stage: string;
  subtitle: string;
  insight: string;
  /** The chapters that its package depends on, without those that only its tests or other chapters need. */
  needs: string[];
  lines: number;
}

export interface Course {
  edition: string;
  chapters: CourseChapter[];
  /** What the README says: what this is, and the two commands of its start. */
  intro: string;
  commands: string[];
  /** The run that the README shows, as text. */
  transcript: string;
  /** The overview's question of each stage. */
  questions: Readonly<Record<string, string>>;
}
