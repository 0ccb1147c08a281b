/** What a command that only reads touches. */
export interface Use {
  /** Files and folders that it names. */
  files: string[];
  /** It prints what is in files of a folder, or of a history, without naming them. */
  walks: boolean;
  /** It opens every file of a folder that it is given. */
  opensFolders: boolean;
}
